"""LaMP (2023): an input about something new, and what the user wrote or rated before, as their history.

The questions are a list of {id, input, profile: [{id, text | title | …, date}]}; the outputs, in a file of their own,
{golds: [{id, output}]}.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from personae.errors import FormatError
from personae.memory.formats.histories import Histories, Probe, joined
from personae.memory.formats.reading import Loose, Name, Shape, Text, iso, read_records, read_tree, shaped
from personae.memory.turns import Scope, Turn

#: Keys of an entry that are not its words.
NO_WORDS = frozenset({"id", "date"})
FORMS = ("%Y-%m-%d", "%Y", "%Y-%m-%d %H:%M:%S")


class _Record(Shape):
    id: Name
    input: Text
    profile: tuple[dict[str, Any], ...] = Field(default=())


class _Gold(Shape):
    id: Name
    output: Loose


class _Golds(Shape):
    golds: tuple[_Gold, ...]


def load(path: Path | str, outputs: Path | str | None = None, *, agent: str = "assistant") -> Histories:
    """A history per question, of one session, each entry of the profile a turn of "user", its fields a line each.

    outputs: the file with the golds; without one the probes have none, as have those it does not name (counted).

    Raises FormatError naming file, record and key; UnsafeFile beyond 512 MB.
    """
    golds: dict[str, str] = {}
    if outputs is not None:
        golds = {gold.id: gold.output for gold in shaped(_Golds, read_tree(outputs), str(outputs)).golds}
    parts = [_history(shaped(_Record, tree, name), name, golds, agent) for name, tree in read_records(path)]
    if not parts:
        raise FormatError(f"{str(path)!r} holds no record; LaMP is a list of id, input and profile")
    found = joined(parts)
    lost = sum(probe.gold is None for probe in found.probes) if outputs is not None else 0
    missing = {**found.missing, "question without an output": lost} if lost else found.missing
    return Histories(found.turns, found.probes, missing, found.facts)


def _history(record: _Record, name: str, golds: dict[str, str], agent: str) -> Histories:
    scope = Scope(agent, "user", record.id)
    turns = []
    empty = 0
    for place, entry in enumerate(record.profile):
        words = "\n".join(f"{key}: {value}" for key, value in entry.items() if key not in NO_WORDS and value)
        if not words:
            empty += 1
            continue
        try:
            at = iso(str(entry.get("date") or ""), *FORMS)
        except ValueError as error:
            raise FormatError(f"{name!r}: profile.{place}.date: {error}") from error
        turns.append(Turn(str(entry.get("id") or f"entry {place}"), scope, "1", "user", words, at))
    probe = Probe(record.id, record.id, record.input, golds.get(record.id) or None)
    return Histories(tuple(turns), (probe,), {"turn without words": empty} if empty else {})
