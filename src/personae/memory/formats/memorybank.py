"""MemoryBank (2023): users who talked with an assistant on ten days, and questions without answers or evidence.

One object, name → {history: {date: [{query, response}]}, meta_information}; beside it, a line each, name → questions.
Some names are written with blanks around them, " Jason "; they are one person without.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, field_validator

from personae.errors import FormatError
from personae.memory.formats.histories import Histories, Probe, joined
from personae.memory.formats.reading import Loose, Shape, Text, read_lines, read_tree, shaped
from personae.memory.turns import Scope, Turn, turn_id


class _Exchange(Shape):
    query: Loose
    response: Loose


class _User(Shape):
    history: dict[str, tuple[_Exchange, ...]]
    meta_information: dict[str, Loose] = Field(default_factory=dict)

    @field_validator("history")
    @classmethod
    def _days_are_dates(cls, value: dict[str, tuple[_Exchange, ...]]) -> dict[str, tuple[_Exchange, ...]]:
        for day in value:
            date.fromisoformat(day.strip())
        return value


class _Asked(Shape):
    questions: tuple[Text, ...]


def load(path: Path | str, questions: Path | str | None = None, *, agent: str = "assistant") -> Histories:
    """The turns of every user, a history each under the user's name; days are sessions, with their date.

    questions: the file with the probing questions; they have neither gold nor evidence.

    What is known of a user beforehand is their facts ("hobbies: …"). Questions about nobody in the file are counted.
    Raises FormatError naming file, user and key, also for two users whose names differ in blanks only; UnsafeFile
    beyond 512 MB.
    """
    tree = read_tree(path)
    if not isinstance(tree, dict) or not tree:
        raise FormatError(f"{str(path)!r} is no object of users; MemoryBank has name → {{history, …}}")
    parts: dict[str, Histories] = {}
    for name, value in tree.items():
        if name.strip() in parts:
            raise FormatError(f"{str(path)!r}: {name.strip()!r} stands twice, blanks aside; rename one")
        parts[name.strip()] = _history(shaped(_User, value, f"{path}, {name.strip()}"), name.strip(), agent)
    if questions is not None:
        parts["questions"] = _probes(questions, set(parts))
    return joined(parts.values())


def _history(user: _User, name: str, agent: str) -> Histories:
    scope = Scope(agent, name, name)
    turns: list[Turn] = []
    empty = 0
    for session, day in enumerate(sorted(user.history, key=str.strip), 1):
        place = 0
        for exchange in user.history[day]:
            for speaker, text in ((name, exchange.query), (agent, exchange.response)):
                place += 1
                if text:
                    turns.append(Turn(turn_id(session, place), scope, str(session), speaker, text, day.strip()))
                else:
                    empty += 1
    facts = tuple(f"{key}: {told}" for key, told in user.meta_information.items() if told and key != "name")
    return Histories(tuple(turns), (), {"turn without words": empty} if empty else {}, {name: facts} if facts else {})


def _probes(path: Path | str, known: set[str]) -> Histories:
    probes: list[Probe] = []
    unknown = 0
    for number, line in read_lines(path):
        if not isinstance(line, dict):
            raise FormatError(f"{str(path)!r}, line {number}: {str(line)[:60]!r} is no object of name → questions")
        for name, asked in line.items():
            read = shaped(_Asked, {"questions": asked}, f"{path}, line {number}, {name.strip()}").questions
            if name.strip() not in known:
                unknown += len(read)
                continue
            probes += [Probe(f"{name.strip()}/{n}", name.strip(), text) for n, text in enumerate(read, 1)]
    return Histories((), tuple(probes), {"question about nobody in the file": unknown} if unknown else {})
