"""LoCoMo's file: long conversations in sessions, and questions with the turns that answer them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.memory.turns import Scope, Turn

LARGEST = 200 * MEGABYTE
CODES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
_SESSION = re.compile(r"session_(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a conversation. `code` is the category as the file has it, `evidence` the strings as they stand.

    `answer` is None where the file has none: of code 5 mostly, whose wrong answer is another field.
    """

    id: str
    text: str
    code: int
    evidence: tuple[str, ...]
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation: its turns in the order of sessions, and the questions about it.

    bare: what is searched are the words of turns alone, without who said them; a session is they joined by a blank.
    """

    id: str
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]
    bare: bool = False

    @property
    def sessions(self) -> tuple[str, ...]:
        """The names of its sessions, "session_1" first."""
        return tuple(dict.fromkeys(f"session_{turn.session}" for turn in self.turns))


def load_locomo(path: Path | str) -> tuple[Dialogue, ...]:
    """The conversations of a file in the form of `locomo10.json`, however many.

    Raises FormatError that names the file, the conversation and the key that is not as it should be.
    """
    where = repr(str(path))
    try:
        tree = json.loads(read_limited(path, LARGEST).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where} is not JSON: {error}") from error
    if not isinstance(tree, list) or not tree:
        raise FormatError(f"{where} holds no list of conversations; give a file in the form of locomo10.json")
    found = tuple(_dialogue(one, at, where) for at, one in enumerate(tree))
    ids = [dialogue.id for dialogue in found]
    if len(set(ids)) < len(ids):
        raise FormatError(f"{where} has two conversations of one sample_id: {sorted(ids)!r}")
    return found


def _dialogue(tree: Any, at: int, where: str) -> Dialogue:
    where = f"{where}, conversation {at}"
    name = _of(tree, "sample_id", str, where)
    talk = _of(tree, "conversation", dict, where)
    numbers = sorted(int(found[1]) for key in talk if (found := _SESSION.fullmatch(key)) and talk[key])
    scope = Scope("locomo", name, name)
    turns = [turn for number in numbers for turn in _session(talk, number, scope, where)]
    if not turns:
        raise FormatError(f"{where} ({name!r}) has no session_1, session_2, … with turns")
    if len({turn.id for turn in turns}) < len(turns):
        raise FormatError(f"{where} ({name!r}) has a dia_id twice")
    questions = _of(tree, "qa", list, where)
    return Dialogue(name, tuple(turns), tuple(_question(one, f"{name}/{n}", where) for n, one in enumerate(questions)))


def _session(talk: Mapping[str, Any], number: int, scope: Scope, where: str) -> list[Turn]:
    where = f"{where}, session_{number}"
    at = _time(talk.get(f"session_{number}_date_time"), where)
    found = []
    for row in _of(talk, f"session_{number}", list, where):
        name, speaker, text = (_of(row, key, str, where) for key in ("dia_id", "speaker", "text"))
        caption = row.get("blip_caption")
        try:
            found.append(Turn(name, scope, str(number), speaker, text, at, caption if caption else None))
        except UsageError as error:
            raise FormatError(f"{where}, {name!r}: {error}") from error
    return found


def _question(row: Any, name: str, where: str) -> Question:
    where = f"{where}, qa {name}"
    text = _of(row, "question", str, where)
    if not text.strip():
        raise FormatError(f"{where}: the question is empty")
    evidence = _of(row, "evidence", list, where)
    if not all(isinstance(one, str) for one in evidence):
        raise FormatError(f"{where}: evidence is {evidence!r}; it is a list of strings")
    return Question(name, text, _of(row, "category", int, where), tuple(evidence), row.get("answer"))


def _of(tree: Any, key: str, kind: type, where: str) -> Any:
    value = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise FormatError(f"{where}: {key!r} is {str(value)[:60]!r}; it should be a {kind.__name__}")
    return value


def _time(text: Any, where: str) -> str | None:
    """ISO 8601 of LoCoMo's "1:56 pm on 8 May, 2023"."""
    if text is None:
        return None
    try:
        return datetime.strptime(str(text).strip(), "%I:%M %p on %d %B, %Y").isoformat()
    except ValueError as error:
        raise FormatError(f"{where}: {text!r} is no time like '1:56 pm on 8 May, 2023'") from error
