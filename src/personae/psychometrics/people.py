"""People's answers to an instrument, as files have them: a table with a column per item, or rows of an administration.

Columns are found by item id, with or without the letter i before it ("i44"), never by place; others are left alone. A
cell holds a point of the response scale or one of its labels.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import Instrument, nearest
from personae.psychometrics.rows import read_rows
from personae.psychometrics.scoring import by_respondent, pooled

#: A table of answers larger than this is not read.
MAX_BYTES = 256 * MEGABYTE
#: What stands for a missing answer in any table.
MISSING = ("", "na", "nan", "null", "none")

Person = Mapping[str, float | None]


def read_people(path: Path | str, instrument: Instrument, missing: Iterable[float] = ()) -> tuple[Person, ...]:
    """Each person's answers by item id; None where one is missing, or is one of the numbers in `missing`.

    Reads CSV with a header, a JSON list of objects, and JSON Lines of such objects or of answer rows (then a respondent
    is a person, with the mean over conditions). Raises `FormatError` for a table without a column for an item, and for
    a cell that is neither a number nor a label (its place and the nearest label are named).
    """
    source = Path(path)
    if source.suffix == ".jsonl" and (people := _respondents(source, instrument)):
        return people
    records = list(_records(source))
    if not records:
        raise FormatError(f"{str(source)!r} holds nobody's answers")
    columns = _columns(source, instrument, list(records[0]))
    points: dict[str, float] = dict(
        zip(map(_plain, instrument.response.labels), instrument.response.points, strict=True)
    )
    cells = _Cells(source, points, frozenset(missing))
    return tuple(
        {id: cells.answer(place, record.get(column)) for id, column in columns.items()}
        for place, record in enumerate(records, 1)
    )


def answers_PI(instrument: Instrument, people: Sequence[Person]) -> npt.NDArray[np.float64]:
    """People × items in the instrument's order, NaN where an answer is missing.

    Raises `UsageError` for an item the instrument does not have (the nearest is named).
    """
    column = {item.id: place for place, item in enumerate(instrument.items)}
    table = np.full((len(people), len(column)), np.nan)
    for row, person in enumerate(people):
        for id, answer in person.items():
            if id not in column:
                instrument.item(id)
            if answer is not None:
                table[row, column[id]] = answer
    return table


def _respondents(path: Path, instrument: Instrument) -> tuple[Person, ...]:
    with path.open(encoding="utf-8", errors="replace") as file:
        if not file.readline().startswith('{"persona":'):
            return ()
    those = [row for row in read_rows(path) if row.instrument == instrument.id]
    if not those:
        raise UsageError(f"{str(path)!r} has no row of the instrument {instrument.id!r}")
    return tuple(pooled(rows).answers for rows in by_respondent(those).values())


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{str(path)!r} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    if path.suffix not in (".json", ".jsonl"):
        yield from csv.DictReader(io.StringIO(text, newline=""))
        return
    try:
        lines = text.split("\n") if path.suffix == ".jsonl" else ()
        found = [json.loads(line) for line in lines if line.strip()] if lines else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as JSON: {error}") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise FormatError(f"{str(path)!r} should be a list with one object of answers per person")
    yield from found


def _columns(path: Path, instrument: Instrument, there: list[str]) -> dict[str, str]:
    found = {}
    for item in instrument.items:
        column = next((name for name in (item.id, f"i{item.id}") if name in there), None)
        if column is None:
            raise FormatError(f"{str(path)!r} has no column for the item {item.id!r}{nearest(item.id, there)}")
        found[item.id] = column
    return found


@dataclass(frozen=True)
class _Cells:
    path: Path
    points: Mapping[str, float]
    missing: frozenset[float]

    def answer(self, place: int, value: Any) -> float | None:
        if value is None or (isinstance(value, str) and _plain(value) in MISSING):
            return None
        if isinstance(value, str) and _plain(value) in self.points:
            return self.points[_plain(value)]
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.inf
        if math.isinf(number):
            near = nearest(_plain(str(value)[:100]), list(self.points))
            raise FormatError(f"{str(self.path)!r}, person {place}: {value!r:.60} is neither a point nor a label{near}")
        return None if math.isnan(number) or number in self.missing else number


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()
