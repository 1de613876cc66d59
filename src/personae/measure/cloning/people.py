"""People and how they answered an instrument: the table every clone is held against.

A file does not say what its numbers mean: `coding` is declared, and tried on the data. "scored" answers have been
turned by the key already; "raw" ones are agreement with the wording. What a person said to a wording is `wording_PI`,
points for the domain are `scored_PI`; both lead back to each other.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import Coding, Instrument
from personae.stats.intervals import FloatArray

#: A file of people larger than this is not read.
MAX_BYTES = 256 * MEGABYTE
#: With fewer people, correlations of opposite items say too little to doubt the coding.
ENOUGH_TO_DOUBT = 30
#: The fields a person's name is taken from, the first that is there; without any it is the place in the file.
ID_FIELDS = ("id", "case", "person")


@dataclass(frozen=True, eq=False)
class People:
    """Answers as a file has them: `answers_PI` is people × items in the instrument's order, NaN where missing.

    >>> from personae.psychometrics import Item, Licence, Response
    >>> two = (Item("1", "I talk a lot.", "E"), Item("2", "I keep quiet.", "E", -1))
    >>> short = Instrument("two", two, Response(("no", "so-so", "yes")), Licence("MIT"))
    >>> ana = People(short, ("ana",), np.array([[3.0, 3.0]]), "scored")
    >>> ana.wording_PI.tolist(), ana.scored_PI.tolist()
    ([[3.0, 1.0]], [[3.0, 3.0]])
    """

    instrument: Instrument
    ids: tuple[str, ...]
    answers_PI: FloatArray
    coding: Coding

    def __post_init__(self) -> None:
        shape = (len(self.ids), len(self.instrument.items))
        if self.answers_PI.shape != shape:
            raise UsageError(f"answers of shape {self.answers_PI.shape!r} for {shape[0]} people and {shape[1]} items")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def scored_PI(self) -> FloatArray:
        """Points for the domain: reversed items turned."""
        return self.answers_PI if self.coding == "scored" else turned(self.instrument, self.answers_PI)

    @property
    def wording_PI(self) -> FloatArray:
        """Agreement with the wording: what the person said, and what a prompt may quote."""
        return self.answers_PI if self.coding == "raw" else turned(self.instrument, self.answers_PI)

    @property
    def missing(self) -> int:
        """Cells without an answer."""
        return int(np.isnan(self.answers_PI).sum())

    def columns(self, ids: Sequence[str]) -> list[int]:
        """The columns of these items. Raises `UsageError` for one that is not in the instrument."""
        place = {item.id: column for column, item in enumerate(self.instrument.items)}
        return [place[self.instrument.item(id).id] for id in ids]

    def row(self, person: str) -> int:
        """The row of the person with this id, or at this place from 1. Raises `UsageError` for nobody."""
        if person in self.ids:
            return self.ids.index(person)
        if person.isdecimal() and 1 <= int(person) <= len(self):
            return int(person) - 1
        raise UsageError(f"there is no person {person!r}; give an id such as {self.ids[0]!r}, or 1 to {len(self)}")

    def some(self, rows: Sequence[int]) -> People:
        """Only the people in these rows."""
        chosen = list(rows)
        return People(self.instrument, tuple(self.ids[row] for row in chosen), self.answers_PI[chosen], self.coding)


def turned(instrument: Instrument, answers_PI: FloatArray) -> FloatArray:
    """The same answers with the columns of key -1 turned: from scored to wording, or back."""
    keys = np.array([item.key for item in instrument.items])
    response = instrument.response
    result: FloatArray = np.where(keys == -1, response.low + response.high - answers_PI, answers_PI)
    return result


def read_people(path: Path | str, instrument: Instrument, *, coding: Coding = "scored") -> People:
    """The people of a JSON list, JSON Lines or CSV file: one record a person, a field `i<item id>` or `<item id>` each.

    An empty field, null, or 0 on a scale that does not hold 0 is a missing answer. Raises `FormatError` for a file that
    is none, a record without an item, an answer off the scale, or data that speak against the coding.
    """
    records = _records(Path(path))
    if not records:
        raise FormatError(f"{str(path)!r} holds no people")
    fields = _fields(records[0], instrument, path)
    answers = np.full((len(records), len(fields)), np.nan)
    for row, record in enumerate(records):
        for column, name in enumerate(fields):
            answer = _answer(record.get(name, ""), instrument)
            if isinstance(answer, str):
                raise FormatError(f"person {row + 1} of {str(path)!r}: {name} is {answer}")
            answers[row, column] = answer
    people = People(instrument, tuple(_ids(records)), answers, coding)
    if why := doubt(people):
        raise FormatError(f"{str(path)!r}: {why}")
    return people


def doubt(people: People) -> str | None:
    """What in the data speaks against the declared coding, or None.

    Items of one domain with opposite keys correlate negatively as they were answered and positively once scored; the
    mean over all such pairs has to have the sign that the coding says. Fewer than 30 people raise no doubt.
    """
    pairs = opposite_items(people.instrument)
    if len(people) < ENOUGH_TO_DOUBT or not pairs:
        return None
    known, values = ~np.isnan(people.answers_PI), np.nan_to_num(people.answers_PI)
    filled = np.where(known, values - values.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    spread = np.sqrt((filled**2).sum(axis=0))
    r = [float(filled[:, a] @ filled[:, b] / (spread[a] * spread[b])) for a, b in pairs if spread[a] * spread[b]]
    mean = float(np.mean(r)) if r else 0.0
    if people.coding == "raw" and mean > 0:
        return (
            f"answers look already reverse-scored (opposite items correlate {mean:+.2f}); declare the coding 'scored'"
        )
    if people.coding == "scored" and mean < 0:
        return f"answers look like agreement with the wording (opposite items: {mean:+.2f}); declare the coding 'raw'"
    return None


def opposite_items(instrument: Instrument) -> list[tuple[int, int]]:
    """Columns of every two items of one domain of which one has the key +1 and the other -1."""
    items = list(enumerate(instrument.items))
    return [
        (a, b)
        for a, one in items
        if one.key == 1 and one.domain
        for b, other in items
        if other.key == -1 and other.domain == one.domain
    ]


def _records(path: Path) -> list[Mapping[str, Any]]:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        head = text.lstrip()[:1]
        if head == "[":
            records = json.loads(text)
        elif head == "{":
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            records = list(csv.DictReader(io.StringIO(text, newline="")))
    except (ValueError, RecursionError, csv.Error) as error:
        raise FormatError(f"{str(path)!r} is no table of people: {error!s:.120}") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FormatError(f"{str(path)!r} is no table of people: one record a person is wanted")
    return records


def _fields(record: Mapping[str, Any], instrument: Instrument, path: Path | str) -> list[str]:
    """The field of every item, in the instrument's order; joined by the item's id, never by place."""
    fields = [next((name for name in (f"i{i.id}", i.id) if name in record), "") for i in instrument.items]
    if "" in fields:
        absent = instrument.items[fields.index("")].id
        raise FormatError(
            f"{str(path)!r} has no field 'i{absent}' or {absent!r}; {instrument.id!r} has {len(fields)} items, one each"
        )
    return fields


def _answer(value: Any, instrument: Instrument) -> float | str:
    """The answer as a number, NaN where it is missing, or what is wrong with it."""
    response = instrument.response
    if value is None or (isinstance(value, str) and not value.strip()):
        return float("nan")
    try:
        number = float(value)
    except (TypeError, ValueError):
        return f"{value!r:.60}, which is no number"
    if isinstance(value, bool) or not (
        number.is_integer() and (number == 0 or response.low <= number <= response.high)
    ):
        return f"{value!r:.60}; answers are whole numbers from {response.low} to {response.high}, 0 where missing"
    return number if response.low <= number else float("nan")


def _ids(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names from the file where every person has its own, else places from 1."""
    for name in ID_FIELDS:
        found = [str(record.get(name, "")) for record in records]
        if all(found) and len(set(found)) == len(found):
            return found
    return [str(number) for number in range(1, len(records) + 1)]
