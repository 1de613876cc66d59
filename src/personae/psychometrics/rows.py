"""One answer to one item by one respondent: the tidy table every number here is computed from.

A row is written once and never changed; a table is a JSON Lines file, one row per line, so that a run that was killed
keeps what it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from personae.errors import FormatError
from personae.types import Outcome

Route = Literal["logprobs", "constrained", "parsed"]
Mode = Literal["isolated", "batch"]


@dataclass(frozen=True, slots=True)
class Row:
    """What was asked of whom, how, and what came of it.

    persona, model, instrument, item: who, by which model, answered which item of which instrument.
    template, label_set, order, seed, repeat: the crossed factors; `order` names the order of the options ("forward",
            "reverse", "square-2", …), `template` and `label_set` the wording around the item.
    mode:   "isolated" (the item alone in its context) or "batch".
    route:  how the answer was had; rows of different routes are never pooled.
    status: "answered", or why there is no answer.
    place:  0-based place in the order shown of the option chosen; None without one. What a positional responder keeps.
    answer: the point chosen on the response scale, raw (agreement with the wording); None without one.
    expected: Σ point · probability where the route gives probabilities, else the answer.
    option_probs: probability of each option in the response scale's own order, summing to 1; empty where unknown.
    mass:   probability the options had together before they were scaled to 1; None where unknown.
    low, high: bounds of `expected` where some options' probability is only known to be small; None elsewhere.
    text:   what the model said, as it said it (cut at 2,000 characters); "" for log-probabilities.
    tokens: read and written by the call.
    """

    persona: str
    model: str
    instrument: str
    item: str
    template: str
    label_set: str
    order: str
    seed: int
    repeat: int
    mode: Mode
    route: Route
    status: Outcome
    answer: float | None = None
    expected: float | None = None
    place: int | None = None
    option_probs: tuple[float, ...] = ()
    mass: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    tokens: int = 0

    def __post_init__(self) -> None:
        if (self.answer is None) == (self.status == "answered"):
            raise ValueError(f"item {self.item!r} ended {self.status!r} with the answer {self.answer!r}")

    @property
    def cell(self) -> tuple[str, ...]:
        """What makes the row the only one of its kind: every factor, as text."""
        return tuple(str(getattr(self, name)) for name in FACTORS)


#: A row is identified by these; the same cell is never asked twice in one run.
FACTORS = (
    "persona",
    "model",
    "instrument",
    "item",
    "template",
    "label_set",
    "order",
    "seed",
    "repeat",
    "mode",
    "route",
)

_FIELDS = tuple(field.name for field in fields(Row))


def line(row: Row) -> str:
    """The row as one line of JSON, without its end."""
    return json.dumps({name: getattr(row, name) for name in _FIELDS}, ensure_ascii=False, separators=(",", ":"))


def write_rows(path: Path | str, rows: Iterable[Row]) -> None:
    """Add rows to the end of a table. A line cut off by a kill before is closed first, so no row is glued to it.

    Half a character, as models may stop in one, is written as JSON's escape for it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write("".join(f"{line(row)}\n" for row in rows).encode(errors="backslashreplace"))


def read_rows(path: Path | str) -> Iterator[Row]:
    """The rows of a table, one at a time. A last line that was cut off is left out.

    Raises `FormatError` for a file that cannot be read, or a line in its middle that is no row (its number is named).
    """
    source = Path(path)
    try:
        with source.open("rb") as file:
            for number, raw in enumerate(file, 1):
                row = _read(raw)
                if row is not None:
                    yield row
                elif raw.endswith(b"\n") and raw.strip() and not _cut_off(raw):
                    shown = raw[:80].decode(errors="replace")
                    raise FormatError(f"{str(source)!r} line {number} is no row of answers: {shown!r}")
    except OSError as error:
        raise FormatError(f"{str(source)!r} cannot be read as a table of answers: {error}") from error


def _read(raw: bytes) -> Row | None:
    try:
        tree: Any = json.loads(raw)
        if not isinstance(tree, dict) or not tree.keys() <= set(_FIELDS):
            return None
        return Row(**tree | {"option_probs": tuple(tree.get("option_probs", ()))})
    except (ValueError, TypeError, RecursionError):
        return None


def _cut_off(raw: bytes) -> bool:
    """Whether a line was broken off by a kill, at any byte: it begins like a row and is no whole object."""
    begins = b'{"persona":'
    if not raw.rstrip(b"\n").startswith(begins[: len(raw) - 1]):
        return False
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return True
    return False
