"""REALTALK (2025): two people who wrote to each other for weeks, and questions about them.

A file is one chat: name {speaker_1, speaker_2}, session_<n> (turns with clean_text, speaker, date_time
"29.12.2023, 22:42:04", img_file, img_url, dia_id), session_<n>_date_time, events_session_<n>, and qa.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from personae.errors import FormatError
from personae.memory.formats.histories import Histories, Probe
from personae.memory.formats.reading import Loose, Name, Shape, Text, iso, read_tree, shaped
from personae.memory.turns import Scope, Turn, turn_id

FORMS = ("%d.%m.%Y, %H:%M:%S", "%d.%m.%Y, %H:%M", "%d.%m.%Y")
#: The code of questions that nothing in the chat answers, as in LoCoMo.
ADVERSARIAL = "5"

_SESSION = re.compile(r"session_([0-9]{1,4})")


class _People(Shape):
    speaker_1: Name
    speaker_2: Name


class _Line(Shape):
    clean_text: Loose
    speaker: Name
    date_time: Loose = ""
    dia_id: Loose = ""
    img_file: Any = None
    img_url: Any = None
    blip_caption: Loose = ""


def _ids(value: Any) -> Any:
    """Evidence written as one text, "D1:2; D1:4", as a list."""
    return [part for part in re.split(r"[;,\s]+", value) if part] if isinstance(value, str) else value or ()


class _Question(Shape):
    question: Text
    answer: Loose = ""
    evidence: Annotated[tuple[Loose, ...], BeforeValidator(_ids)] = ()
    category: Loose = ""


class _Chat(Shape):
    name: _People
    qa: tuple[_Question, ...] = Field(default=())


class _Session(Shape):
    lines: tuple[_Line, ...]


def load(path: Path | str, *, history: str | None = None) -> Histories:
    """The turns, questions and events of one chat; the history is called as the file unless it is named here.

    The first speaker is the agent of the scope, the second its user. A picture without words is a turn "(picture)"
    with its caption; a turn without either is counted. Evidence that names no turn is dropped and counted.

    Raises FormatError naming file, session, turn and key; UnsafeFile beyond 512 MB.
    """
    tree = read_tree(path)
    if not isinstance(tree, dict):
        raise FormatError(f"{str(path)!r} is no object; a chat of REALTALK is one object, and has a key per session")
    chat = shaped(_Chat, tree, str(path))
    numbers = sorted(int(match[1]) for key in tree if (match := _SESSION.fullmatch(key)))
    if not numbers:
        raise FormatError(f"{str(path)!r} has no session_1; a chat of REALTALK has one key per session")
    name = history or Path(path).stem
    scope = Scope(chat.name.speaker_1, chat.name.speaker_2, name)
    missing: Counter[str] = Counter()
    turns: list[Turn] = []
    for number in numbers:
        session = f"session_{number}"
        lines = shaped(_Session, {"lines": tree[session]}, f"{path}, {session}").lines
        for place, line in enumerate(lines, 1):
            turn = _turn(line, number, place, scope, f"{path}, {session}, turn {place}")
            if turn is None:
                missing["turn without words"] += 1
            else:
                turns.append(turn)
    probes = _probes(chat.qa, name, {turn.id for turn in turns}, missing)
    events = [event for number in numbers for event in _events(tree.get(f"events_session_{number}"))]
    return Histories(tuple(turns), probes, dict(missing), {name: tuple(events)} if events else {})


def _probes(asked: Iterable[_Question], name: str, known: Container[str], missing: Counter[str]) -> tuple[Probe, ...]:
    probes = []
    for place, question in enumerate(asked, 1):
        there = tuple(id for id in question.evidence if id in known)
        if lost := len(question.evidence) - len(there):
            missing["evidence that names no turn"] += lost
        gold, code = question.answer or None, question.category
        probes.append(Probe(f"{name}/{place}", name, question.question, gold, there, code, code == ADVERSARIAL))
    return tuple(probes)


def _turn(line: _Line, session: int, place: int, scope: Scope, name: str) -> Turn | None:
    caption = line.blip_caption or None
    pictured = bool(line.img_file or line.img_url)
    if not (line.clean_text or pictured):
        return None
    try:
        at = iso(line.date_time, *FORMS)
    except ValueError as error:
        raise FormatError(f"{name!r}: date_time: {error}") from error
    id = line.dia_id or turn_id(session, place)
    return Turn(id, scope, str(session), line.speaker, line.clean_text or "(picture)", at, caption)


def _events(value: Any) -> list[str]:
    """Events of a session: a list of texts, or speaker → list of texts."""
    if isinstance(value, dict):
        return [f"{who}: {event}" for who, told in value.items() if isinstance(told, list) for event in _events(told)]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
