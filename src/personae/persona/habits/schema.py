"""The schema of a habitual event, and its strict reading from JSON.

Fields as in "We are what we repeatedly do" (2023): the event, what must be so before it, what is always so, what is so
after it, what it is done for, and its steps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.persona.formats.decode import decode_text
from personae.persona.formats.json_text import parse

#: The fields that hold lists of lines, in the order of the paper.
FIELDS = ("preconditions", "static_conditions", "postconditions", "goals", "episodes")
MAX_BYTES = 20 * MEGABYTE
MAX_LINES = 20  #: of one field
MAX_CHARS = 300  #: of one line
_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(?P<inner>.*)\n```\Z", re.DOTALL)


class Line(NamedTuple):
    """One line of a schema and the field it stands in."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class HabitSchema:
    """An event somebody repeats, told in short sentences in the first person. `source` is the statement's id.

    >>> tea = HabitSchema("I make tea at four.", episodes=("I warm the pot.", "I wait three minutes."))
    >>> [line.text for line in tea.lines()]
    ['I warm the pot.', 'I wait three minutes.']
    """

    event: str
    preconditions: tuple[str, ...] = ()
    static_conditions: tuple[str, ...] = ()
    postconditions: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    episodes: tuple[str, ...] = ()
    source: str | None = None

    def lines(self) -> tuple[Line, ...]:
        """Every line but the event, field by field."""
        return tuple(Line(field, text) for field in FIELDS for text in getattr(self, field))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, fields in their order."""
        known = {"source": self.source} if self.source else {}
        return {"event": self.event} | {field: list(getattr(self, field)) for field in FIELDS} | known


def read_schema(text: str, name: str = "schema", source: str | None = None) -> HabitSchema:
    """The schema in a JSON object, alone or in one code fence. Nothing is guessed.

    Every field must be there, `event` a sentence, the others lists of 1 to 20 sentences (`preconditions` to `goals` may
    be empty) of at most 300 characters. Raises FormatError naming the field.

    >>> read_schema('{"event": "I run.", "preconditions": []}')
    Traceback (most recent call last):
    personae.errors.FormatError: 'schema': static_conditions: the field is missing; give a list of sentences
    """
    stripped = text.strip()
    fenced = _FENCE.match(stripped)
    tree = parse(fenced["inner"] if fenced else stripped, name)
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r}: a schema is a JSON object, not {type(tree).__name__}")
    for key in tree:
        if key not in ("event", "source", *FIELDS):
            raise FormatError(f"{name!r}: {key}: unknown field; the fields are event, {', '.join(FIELDS)}")
    event = _sentence(tree.get("event"), "event", name)
    lists = {field: _sentences(tree, field, name) for field in FIELDS}
    if not lists["episodes"]:
        raise FormatError(f"{name!r}: episodes: the list is empty; give at least one step")
    known = tree.get("source")
    if known is not None and not isinstance(known, str):
        raise FormatError(f"{name!r}: source: {known!r} is not the id of a statement")
    return HabitSchema(event, **lists, source=source or known)


def load_schemas(path: Path | str) -> tuple[HabitSchema, ...]:
    """The schemas of a file, one JSON object a line. Raises FormatError naming line and field."""
    name = Path(path).name
    lines = decode_text(read_limited(path, MAX_BYTES), name).split("\n")
    found = [read_schema(line, f"{name}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise FormatError(f"{name!r} holds no schema; write one JSON object a line")
    return tuple(found)


def dump_schemas(schemas: Sequence[HabitSchema], path: Path | str) -> None:
    """Write schemas where `load_schemas` reads them."""
    write_atomic(path, "".join(json.dumps(schema.to_dict(), ensure_ascii=False) + "\n" for schema in schemas))


def _sentences(tree: Mapping[str, Any], field: str, name: str) -> tuple[str, ...]:
    if field not in tree:
        raise FormatError(f"{name!r}: {field}: the field is missing; give a list of sentences")
    value = tree[field]
    if not isinstance(value, list):
        raise FormatError(f"{name!r}: {field}: {_short(value)} is not a list of sentences")
    if len(value) > MAX_LINES:
        raise FormatError(f"{name!r}: {field}: {len(value)} sentences; at most {MAX_LINES}")
    return tuple(_each(value, field, name))


def _each(value: Sequence[Any], field: str, name: str) -> Iterator[str]:
    for index, item in enumerate(value):
        yield _sentence(item, f"{field}[{index}]", name)


def _sentence(value: Any, field: str, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FormatError(f"{name!r}: {field}: {_short(value)} is not a sentence")
    if len(value) > MAX_CHARS:
        raise FormatError(f"{name!r}: {field}: {len(value)} characters; at most {MAX_CHARS}")
    return " ".join(value.split())


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
