"""A table of answers, people × items, as it stands in a user's file or as our own rows give it.

Items are joined by their ids, never by their place. A cell is a point of the response scale, one of its labels, or
missing; anything else is an error that names the line, because a wrong number in a table looks like any other.
"""

from __future__ import annotations

import csv
import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import Instrument, Scale, nearest
from personae.psychometrics.rows import FACTORS, Row, read_rows
from personae.stats.intervals import FloatArray

#: A table larger than this is not read; neither is a JSON array larger than the second.
MOST_BYTES, MOST_ARRAY = 1000 * MEGABYTE, 200 * MEGABYTE

JSON_LINES = (".jsonl", ".ndjson")

#: What stands in a cell without an answer, in lower case.
NOTHING = frozenset(("", "na", "nan", "n/a", "null", "none", "."))

#: What of a row says who answered, and how; everything but the item.
RESPONDENT = tuple(name for name in FACTORS if name != "item")


@dataclass(frozen=True)
class AnswerTable:
    """Answers as they were given (not turned by any key).

    people:    one name per row. items: ids of the columns.
    points_PI: (people, items), NaN where there is no answer.
    columns:   what else is known of each person, by name of the column: the model, the persona, an assigned level.
    missing:   answers that are not there, by how they ended; "missing" where nobody can say.
    notes:     what was found out about the file on reading it.
    """

    people: tuple[str, ...]
    items: tuple[str, ...]
    points_PI: FloatArray
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """One label per person. Raises `UsageError` that names the nearest column."""
        if name not in self.columns:
            known = list(self.columns)
            raise UsageError(
                f"no column {name!r}{nearest(name, known)}; there are {', '.join(map(repr, known)) or 'none'}"
            )
        return self.columns[name]

    def keyed(self, instrument: Instrument, scale: Scale) -> tuple[tuple[str, ...], FloatArray]:
        """The ids of the scale's items that are in the table, and their answers as points for the scale."""
        places = {id: place for place, id in enumerate(self.items)}
        ids = tuple(id for id in scale.keys if id in places)
        answers = self.points_PI[:, [places[id] for id in ids]]
        if instrument.coding == "raw":
            turned = np.array([scale.keys[id] == -1 for id in ids], dtype=bool)
            answers = np.where(turned, instrument.response.low + instrument.response.high - answers, answers)
        return ids, answers


def from_rows(rows: Iterable[Row], instrument: Instrument, *, expected: bool = False) -> AnswerTable:
    """A respondent is a persona under one template, label set, order, seed and repeat; `columns` has each of them.

    Of rows with the same cell the last counts. `expected` takes expected values where the route gave probabilities.
    Raises `UsageError` where the rows hold nothing of this instrument, or were had by different routes or modes.
    """
    cells = {row.cell: row for row in rows if row.instrument == instrument.id}
    if not cells:
        raise UsageError(f"there are no answers to {instrument.id!r} among the rows")
    for what in ("route", "mode"):
        if len(found := sorted({str(getattr(row, what)) for row in cells.values()})) > 1:
            raise UsageError(f"answers by the {what}s {', '.join(found)} are never pooled; take one of them")
    items = tuple(item.id for item in instrument.items)
    places = {id: place for place, id in enumerate(items)}
    people: dict[tuple[str, ...], int] = {}
    for row in cells.values():
        people.setdefault(_respondent(row), len(people))
    points = np.full((len(people), len(items)), math.nan)
    ended: Counter[str] = Counter()
    for row in cells.values():
        instrument.item(row.item)
        answer = row.expected if expected and row.expected is not None else row.answer
        if answer is None:
            ended[row.status] += 1
        else:
            points[people[_respondent(row)], places[row.item]] = answer
    if unasked := points.size - len(cells):
        ended["not_run"] += unasked
    columns = {name: tuple(who[place] for who in people) for place, name in enumerate(RESPONDENT)}
    return AnswerTable(tuple(" · ".join(who) for who in people), items, points, columns, dict(ended))


def read_answers(
    path: Path | str, instrument: Instrument, *, missing: Sequence[str] = (), person: str | None = None
) -> AnswerTable:
    """A user's own file: .csv, .tsv, JSON lines or a JSON array, one person per row and one column per item; or the
    .jsonl rows of an administration.

    A column is named like its item, or all of them with one prefix before ("i12"). A cell holds a point of the response
    scale or one of its labels; it is missing where empty, NA, or one of `missing` ("0"). `person` names the column of
    people's names (default: line numbers). Items without a column are noted. Raises `FormatError` with line and column
    for a cell that is none of these, and for a file without any of the items; `UnsafeFile` for one too large to read.
    """
    source = Path(path)
    if _holds_rows(source):
        return from_rows(read_rows(source), instrument)
    lines = _objects(source) if source.suffix.lower() in (".json", *JSON_LINES) else _lines(source)
    head = next(lines, None)
    if head is None:
        raise FormatError(f"{str(source)!r} is empty; give a line of column names and a line per person")
    header = [str(name).strip() for name in head]
    where, notes = _item_columns(header, instrument, str(source))
    taken = set(where.values())
    others = [place for place in range(len(header)) if place not in taken]
    if person is not None and person not in (names := [header[place] for place in others]):
        raise UsageError(f"no column {person!r} of people's names{nearest(person, names)}")
    points, kept, count = _cells(lines, header, where, others, instrument, missing, str(source))
    answers = np.frombuffer(points, dtype=np.float64).reshape(count, len(where))
    columns = {header[place]: tuple(cells) for place, cells in zip(others, kept, strict=True)}
    people = columns[person] if person is not None else tuple(str(number) for number in range(1, count + 1))
    if twice := [name for name, times in Counter(people).items() if times > 1]:
        raise FormatError(f"{str(source)!r} has {twice[0]!r} more than once in {person!r}; give one row per person")
    gaps = int(np.isnan(answers).sum())
    return AnswerTable(people, tuple(where), answers, columns, {"missing": gaps} if gaps else {}, notes)


def occasions(table: AnswerTable, column: str, person: str | None = None) -> tuple[AnswerTable, AnswerTable]:
    """The first and second occasion of a table, told apart by the two labels of a column, people named alike in both.

    Their names are in the column `person`; of our rows, persona and all conditions but `column` make them ("seed",
    "repeat"). Raises `UsageError` unless there are two labels, and for a name that stands twice on one occasion.
    """
    told = table.column(column)
    labels = list(dict.fromkeys(told))
    if len(labels) != 2:
        raise UsageError(f"{column!r} tells {len(labels)} occasions apart; test–retest needs two")
    if person is None and not set(RESPONDENT) <= table.columns.keys():
        raise UsageError("two occasions are joined by people's names; say which column has them")
    parts = (table.column(person),) if person else tuple(table.columns[name] for name in RESPONDENT if name != column)
    names = [" · ".join(each) for each in zip(*parts, strict=True)]
    first, second = (_where(table, names, [each == label for each in told]) for label in labels)
    return first, second


def _where(table: AnswerTable, names: Sequence[str], here: Sequence[bool]) -> AnswerTable:
    people = tuple(compress(names, here))
    if len(set(people)) < len(people):
        twice = next(name for name, times in Counter(people).items() if times > 1)
        raise UsageError(f"{twice!r} answered more than once on one occasion; give one row per person and occasion")
    columns = {name: tuple(compress(cells, here)) for name, cells in table.columns.items()}
    return replace(table, people=people, points_PI=table.points_PI[np.array(here, dtype=bool)], columns=columns)


def _respondent(row: Row) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in RESPONDENT)


def _lines(source: Path) -> Iterator[list[Any]]:
    """The rows of a CSV or TSV file, empty ones left out."""
    try:
        if source.stat().st_size > MOST_BYTES:
            raise UnsafeFile(f"{str(source)!r} is larger than {MOST_BYTES // MEGABYTE} MB; such tables are not read")
        with source.open(encoding="utf-8-sig", newline="") as file:
            yield from (row for row in csv.reader(file, delimiter="\t" if source.suffix == ".tsv" else ",") if row)
    except OSError as error:
        raise FormatError(f"cannot read {str(source)!r}: {error.strerror or error}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(source)!r} cannot be read as a table: {error}") from error


def _holds_rows(source: Path) -> bool:
    """Whether a file of JSON lines holds rows of an administration."""
    if source.suffix.lower() not in JSON_LINES:
        return False
    try:
        with source.open(encoding="utf-8", errors="replace") as file:
            return file.readline(100).startswith('{"persona":')
    except OSError as error:
        raise FormatError(f"cannot read {str(source)!r}: {error.strerror or error}") from error


def _objects(source: Path) -> Iterator[list[Any]]:
    """The keys of all objects, then the values of each under these keys."""
    text = read_limited(source, MOST_ARRAY)
    try:
        lines = text.splitlines() if source.suffix.lower() in JSON_LINES else ()
        tree = [json.loads(line) for line in lines if line.strip()] if lines else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(source)!r} cannot be read as JSON: {error}") from error
    if not isinstance(tree, list) or not all(isinstance(each, dict) for each in tree):
        raise FormatError(f"{str(source)!r} holds no list of objects; give one object per person")
    if tree:
        keys = list(dict.fromkeys(key for each in tree for key in each))
        yield keys
        yield from ([each.get(key) for key in keys] for each in tree)


def _item_columns(header: Sequence[str], instrument: Instrument, source: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """The place of each item's column, in the instrument's order, and what to say about it."""
    ids = [item.id for item in instrument.items]
    found = {id: header.index(id) for id in ids if id in header}
    notes: list[str] = []
    if not found and (prefix := _prefix(header, ids)):
        found = {id: header.index(prefix + id) for id in ids}
        notes.append(f"columns are named {prefix!r} and the item")
    if not found:
        shown = ", ".join(repr(_cut(name)) for name in header[:5])
        raise FormatError(f"{source!r} has no column of {instrument.id!r}, such as {ids[0]!r}; it has {shown} …")
    if twice := [name for name, times in Counter(header).items() if times > 1 and name in found]:
        raise FormatError(f"{source!r} has the column {twice[0]!r} more than once")
    if absent := [id for id in ids if id not in found]:
        named = ", ".join(absent[:8]) + (" …" if len(absent) > 8 else "")
        notes.append(f"{len(absent)} of {len(ids)} items have no column: {named}")
    return found, tuple(notes)


def _prefix(header: Sequence[str], ids: Sequence[str]) -> str | None:
    names = set(header)
    tried = (name[: -len(ids[0])] for name in header if name.endswith(ids[0]) and name != ids[0])
    return next((prefix for prefix in tried if all(prefix + id in names for id in ids)), None)


def _cells(
    lines: Iterator[list[Any]],
    header: Sequence[str],
    where: Mapping[str, int],
    others: Sequence[int],
    instrument: Instrument,
    missing: Sequence[str],
    source: str,
) -> tuple[array[float], list[list[str]], int]:
    """All answers one after the other, the cells of the other columns, and the number of people."""
    known = {label: float(point) for label, point in _labels(instrument).items()}
    known |= dict.fromkeys((*NOTHING, *(code.strip().casefold() for code in missing)), math.nan)
    read: dict[Any, float] = {}
    places = list(where.values())
    points, kept, count = array("d"), [[] for _ in others], 0  # type: ignore[var-annotated]
    for number, line in enumerate(lines, 2):
        if len(line) != len(header):
            raise FormatError(f"{source!r}, row {number}: {len(line)} cells under {len(header)} column names")
        try:
            points.extend([read[line[place]] for place in places])
        except (KeyError, TypeError):
            points.extend(
                [_point(line[place], header[place], number, known, read, instrument, source) for place in places]
            )
        for cells, place in zip(kept, others, strict=True):
            cells.append("" if line[place] is None else str(line[place]))
        count += 1
    return points, kept, count


def _point(
    cell: Any,
    column: str,
    number: int,
    known: Mapping[str, float],
    read: dict[Any, float],
    instrument: Instrument,
    source: str,
) -> float:
    text = " ".join(str("" if cell is None else cell).split()).casefold()
    if text in known:
        point = known[text]
    else:
        low, high = instrument.response.low, instrument.response.high
        try:
            point = float(text)
        except ValueError:
            point = math.inf
        if not low <= point <= high or isinstance(cell, bool):
            near = nearest(text[:100], [label for label in known if label not in NOTHING])
            raise FormatError(
                f"{source!r}, row {number}, column {column!r}: {_cut(cell)!r} is no answer from {low} to {high}{near}; "
                "correct it, leave it empty, or say which code means missing"
            )
    if isinstance(cell, str | int | float | None):
        read[cell] = point
    return point


def _cut(cell: Any) -> Any:
    """What an error line shows of a cell."""
    text = cell if isinstance(cell, str) else repr(cell)
    return cell if len(text) <= 60 else f"{text[:60]}…"


def _labels(instrument: Instrument) -> dict[str, int]:
    plain = (" ".join(label.split()).casefold() for label in instrument.response.labels)
    pairs = zip(plain, instrument.response.points, strict=True)
    return {label: point for label, point in pairs if not _is_number(label)}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
