"""Chats of one's own: JSON Lines or CSV with a text and a speaker a row, and the form everything is kept in.

A row of a chat is an object with `text` (or content, message) and, as far as known, `speaker` (or name, role, from),
`at` (or time, date, timestamp; ISO 8601), `session`, `id`, `conversation`, `caption`. A row with a `question` is a
probe: `gold` (or answer), `evidence` (ids), `code`. A file that `dump` wrote opens with {"histories": 1}.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from personae.errors import FormatError, UsageError
from personae.files import read_limited, write_atomic
from personae.memory.formats.histories import Histories, Probe, as_plain
from personae.memory.formats.reading import MAX_BYTES, MAX_TURNS, Loose, Name, Shape, Text, read_lines, shaped
from personae.memory.turns import Scope, Turn, turn_id
from personae.persona.formats.decode import decode_text

VERSION = 1
ALIASES: Mapping[str, tuple[str, ...]] = {
    "text": ("content", "message"),
    "speaker": ("name", "role", "from"),
    "at": ("time", "date", "timestamp"),
    "gold": ("answer",),
}


class _Row(Shape):
    text: Text
    speaker: Name = "user"
    at: Loose = ""
    session: Loose = ""
    id: Loose = ""
    conversation: Loose = ""
    caption: Loose = ""


class _Question(Shape):
    question: Text
    gold: Loose = ""
    evidence: tuple[Loose, ...] = ()
    code: Loose = ""
    adversarial: bool = False
    id: Loose = ""
    conversation: Loose = ""

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, tree: Any) -> Any:
        """Evidence of a CSV cell, "D1:2 D1:4", as a list; an empty cell is no value."""
        if not isinstance(tree, dict):
            return tree
        kept = {key: value for key, value in tree.items() if value not in ("", None)}
        ids = kept.get("evidence")
        return {**kept, "evidence": ids.replace(",", " ").replace(";", " ").split()} if isinstance(ids, str) else kept


def load(path: Path | str, *, agent: str = "assistant", user: str = "user") -> Histories:
    """The turns and probes of a file of one's own; one that ends in .csv is a table, any other has an object a line.

    Rows without a conversation belong to one that is called as the file. A session is as given, else a day, else "1".
    Raises FormatError naming file, line and key, also for an id that stands twice; UnsafeFile beyond 512 MB.
    """
    rows = _table(path) if str(path).lower().endswith(".csv") else read_lines(path)
    first = next(rows, None)
    if first is None:
        raise FormatError(f"{str(path)!r} is empty; give an object a line with 'text' and 'speaker'")
    if isinstance(first[1], dict) and "histories" in first[1]:
        return _kept(path, first[1], rows)
    turns: list[Turn] = []
    probes: list[Probe] = []
    counts: Counter[tuple[str, str]] = Counter()
    numbers: dict[tuple[str, str], int] = {}
    for number, tree in _with(first, rows):
        name = f"{path}, line {number}"
        row = _named(tree, name)
        if "question" in row:
            probes.append(_probe(shaped(_Question, row, name), Path(path).stem, number))
            continue
        read = shaped(_Row, row, name)
        conversation = read.conversation or Path(path).stem
        session = read.session or read.at[:10] or "1"
        key = (conversation, session)
        numbers.setdefault(key, sum(1 for known in numbers if known[0] == conversation) + 1)
        counts[key] += 1
        id = read.id or turn_id(numbers[key], counts[key])
        scope = Scope(agent, user, conversation)
        turns.append(_made(name, id=id, scope=scope, session=session, speaker=read.speaker, text=read.text,
                           at=read.at or None, caption=read.caption or None))  # fmt: skip
        if len(turns) > MAX_TURNS:
            raise FormatError(f"{str(path)!r} has more than {MAX_TURNS} turns; cut it into several files")
    _ids_once(turns, path)
    return Histories(tuple(turns), tuple(probes))


def dump(histories: Histories) -> str:
    """Everything of it as JSON Lines; `load` of that gives an equal value."""
    head: dict[str, Any] = {"histories": VERSION}
    head |= {key: value for key in ("missing", "facts") if (value := dict(getattr(histories, key)))}
    rows = [head, *({"turn": as_plain(turn)} for turn in histories.turns)]
    rows += [{"probe": as_plain(probe)} for probe in histories.probes]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def save(histories: Histories, path: Path | str) -> None:
    """Write what `dump` gives, whole or not at all. The name must not end in .csv, for it is no table."""
    if str(path).lower().endswith(".csv"):
        raise UsageError(f"{str(path)!r}: histories are kept as JSON Lines; let the name end in .jsonl")
    write_atomic(path, dump(histories))


class _KeptScope(Shape):
    agent: Name
    user: Name
    conversation: Name


class _KeptTurn(Shape):
    id: str
    scope: _KeptScope
    session: str
    speaker: str
    text: str
    at: str | None = None
    caption: str | None = None
    origin: Literal["said", "derived", "recalled"] = "said"
    sources: tuple[str, ...] = ()


class _KeptProbe(Shape):
    id: str
    history: str
    question: str
    gold: str | None = None
    evidence: tuple[str, ...] = ()
    code: str = ""
    adversarial: bool = False
    at: str | None = None


class _Head(Shape):
    histories: Literal[1]
    missing: dict[str, int] = Field(default_factory=dict)
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def _kept(path: Path | str, head: Any, rows: Iterator[tuple[int, Any]]) -> Histories:
    read = shaped(_Head, head, f"{path}, line 1")
    turns: list[Turn] = []
    probes: list[Probe] = []
    for number, tree in rows:
        name = f"{path}, line {number}"
        if isinstance(tree, dict) and set(tree) == {"turn"}:
            fields = shaped(_KeptTurn, tree["turn"], name).model_dump()
            turns.append(_made(name, **{**fields, "scope": Scope(**fields["scope"])}))
        elif isinstance(tree, dict) and set(tree) == {"probe"}:
            probes.append(Probe(**shaped(_KeptProbe, tree["probe"], name).model_dump()))
        else:
            raise FormatError(f"{name!r}: {str(tree)[:60]!r} is neither {{turn}} nor {{probe}}")
    _ids_once(turns, path)
    return Histories(tuple(turns), tuple(probes), read.missing, read.facts)


def _made(name: str, **fields: Any) -> Turn:
    """The turn, or where it cannot be one the reason with its place in the file."""
    try:
        return Turn(**fields)
    except UsageError as error:
        raise FormatError(f"{name!r}: {error}") from error


def _probe(read: _Question, stem: str, number: int) -> Probe:
    history = read.conversation or stem
    return Probe(
        read.id or f"{history}/{number}", history, read.question, read.gold or None, read.evidence, read.code,
        read.adversarial,
    )  # fmt: skip


def _named(tree: Any, name: str) -> dict[str, Any]:
    """A row under our names; two names for one thing are an error, for one of them would be lost."""
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r}: {str(tree)[:60]!r} is no object; give one with 'text' and 'speaker'")
    row = dict(tree)
    for ours, others in ALIASES.items():
        there = [key for key in (ours, *others) if key in row]
        if len(there) > 1 and ours != "speaker":
            raise FormatError(f"{name!r}: {' and '.join(map(repr, there))} both give the {ours}; keep one")
        if there and ours not in row:
            row[ours] = row[there[0]]
    return {key: value for key, value in row.items() if value is not None}


def _table(path: Path | str) -> Iterator[tuple[int, Any]]:
    text = decode_text(read_limited(path, MAX_BYTES), str(path))
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = {*(reader.fieldnames or ())}
    if not columns & {"text", *ALIASES["text"], "question"}:
        raise FormatError(f"{str(path)!r} has no column 'text'; its columns are {sorted(map(str, columns))}")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise FormatError(f"{str(path)!r}, line {reader.line_num}: it has not as many cells as the heading")
            yield reader.line_num, {key: value for key, value in row.items() if value}
    except csv.Error as error:
        raise FormatError(f"{str(path)!r}, line {reader.line_num}: no CSV: {error}") from error


def _with(first: tuple[int, Any], rest: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    yield first
    yield from rest


def _ids_once(turns: list[Turn], path: Path | str) -> None:
    counts = Counter((turn.scope.conversation, turn.id) for turn in turns)
    if twice := next((key for key, count in counts.items() if count > 1), None):
        raise FormatError(f"{str(path)!r}: the id {twice[1]!r} stands twice in {twice[0]!r}; each turn has its own")
