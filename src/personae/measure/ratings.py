"""Replies that people rated, read row by row: JSON lines, CSV, a JSON array, or the released GRADE ratings.

It knows which column is likely to hold what, and says the line of a row that it cannot read.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.files import MEGABYTE, read_limited

#: One row, and one JSON array, may be at most so long.
LONGEST_ROW = 4 * MEGABYTE
LARGEST_ARRAY = 500 * MEGABYTE

#: Use of a column → names it goes by, without case and underscores; the first that is there is taken.
NAMES: dict[str, tuple[str, ...]] = {
    "human": ("human", "humanscores", "humanscore", "ratings", "rating", "humanratings", "label"),
    "system": ("system", "model", "dialogmodel", "bot"),
    "persona": ("persona", "personaid", "personaname", "character"),
    "text": ("text", "reply", "response", "hypothesis", "output"),
    "reference": ("reference", "references", "gold", "target"),
    "query": ("query", "user", "prompt", "context"),
    "statements": ("statements", "profile", "facts"),
}
#: A column that begins so is one rater's.
_RATER = re.compile(r"(?:human|rater|annotator|judge)[ _-]*(?:\d+|[a-z])$", re.IGNORECASE)
#: Numeric columns that are no metric.
_NO_METRIC = frozenset(("id", "index", "line", "turn", "seed", "row", "n", ""))

Cell = Any
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what. `human` may be several, one per rater; `metrics` are columns of numbers."""

    human: tuple[str, ...]
    metrics: tuple[str, ...] = ()
    system: str | None = None
    persona: str | None = None
    text: str | None = None
    reference: str | None = None
    query: str | None = None
    statements: str | None = None
    cluster: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rated:
    """One reply: its human ratings (none: nobody rated it), the metrics that came with it, and what it says."""

    ratings: tuple[float, ...]
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    system: str | None = None
    persona: str | None = None
    text: str = ""
    references: tuple[str, ...] = ()
    query: str = ""
    statements: tuple[str, ...] = ()
    cluster: str | None = None


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(line, row) of a .csv, .tsv, .json or JSON lines file; of an array the number of the element.

    Raises FormatError with the line where a row is none, UnsafeFile for a row or an array that is too large.
    """
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        yield from _csv_rows(path, "\t" if ending == ".tsv" else ",")
    elif ending == ".json" and _is_array(path):
        yield from _array_rows(path)
    else:
        yield from _json_lines(path)


def find_columns(sample: Sequence[Row], **named: str | Sequence[str] | None) -> Columns:
    """The columns of the first rows, by their names; what is `named` is taken as it is.

    Metrics are all columns not otherwise used that hold numbers and nothing else. Raises UsageError for a named column
    that is not there, and where no human rating can be found.

    >>> find_columns([{"reply": "Hm.", "human": 3, "apc": None}, {"reply": "Ah.", "human": 2, "apc": 0.5}]).metrics
    ('apc',)
    """
    there = list(dict.fromkeys(name for row in sample for name in row))
    given = {use: (name,) if isinstance(name, str) else tuple(name) for use, name in named.items() if name}
    for use, names in given.items():
        for name in names:
            if name not in there:
                raise UsageError(f"no column {name!r} for {use}; the file has {', '.join(map(repr, there))}")
    human = given.get("human") or _guess(there, "human") or tuple(name for name in there if _RATER.match(name))
    if not human:
        raise UsageError(f"no column of human ratings among {', '.join(map(repr, there))}; name it with --human")
    single = {use: (given.get(use) or _guess(there, use) or (None,))[0] for use in NAMES if use != "human"}
    cluster = given.get("cluster", (None,))[0]
    taken = {*human, *single.values(), cluster}
    numeric = (name for name in there if name not in taken and _plain(name) not in _NO_METRIC)
    metrics = given.get("metrics") or tuple(name for name in numeric if _is_numeric(row.get(name) for row in sample))
    return Columns(human, metrics, cluster=cluster, **single)


def rated(found: Iterable[tuple[int, Row]], columns: Columns, source: str) -> Iterator[Rated]:
    """The rows as replies. Raises FormatError with source, line and column for a cell that is not what it should be."""
    for line, row in found:
        try:
            ratings = tuple(value for name in columns.human for value in _ratings(row, name))
            metrics = {name: _number(row, name) for name in columns.metrics}
            yield Rated(
                ratings,
                metrics,
                _label(row, columns.system),
                _label(row, columns.persona),
                _text(row, columns.text),
                _texts(row, columns.reference),
                _text(row, columns.query),
                _texts(row, columns.statements),
                _label(row, columns.cluster),
            )
        except _BadCellError as error:
            raise FormatError(f"{source}, line {line}: {error}; correct it, or leave the cell empty") from error


def grade_human(folder: Path, dataset: str = "convai2") -> Iterator[Rated]:
    """The replies of one dialogue set among the released GRADE ratings, with their references.

    `folder` holds `human_judgement.json`, and per system a file `{dataset}_{system}_ref.txt` with a line per reply.
    """
    file = folder / "human_judgement.json"
    judged = [(line, row) for line, row in rows(file) if row.get("Dataset") == dataset]
    if not judged:
        raise FormatError(f"{str(file)!r} has no ratings of {dataset!r}")
    columns = Columns(("HumanScores",), (), system="DialogModel", text="Response", query="Context")
    lines: dict[str, Iterator[str]] = {}
    for reply in rated(judged, columns, file.name):
        system = str(reply.system)
        if system not in lines:
            lines[system] = _references(folder / f"{dataset}_{system}_ref.txt")
        reference = next(lines[system], None)
        last = reply.query.rpartition("|||")[2]
        yield Rated(reply.ratings, {}, system, None, reply.text, (reference,) if reference else (), last)


class _BadCellError(Exception):
    """A cell that is not what its column holds; the message names column and value."""


def _references(file: Path) -> Iterator[str]:
    if not file.is_file():
        return iter(())
    return iter(read_limited(file, LARGEST_ARRAY).decode("utf-8").splitlines())


def _guess(there: Sequence[str], use: str) -> tuple[str, ...]:
    plain = {_plain(name): name for name in reversed(there)}
    return next(((plain[name],) for name in NAMES[use] if name in plain), ())


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "").replace("-", "")


def _json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_ROW + 1):
            number += 1
            if len(raw) > LONGEST_ROW:
                raise UnsafeFile(f"{path.name}, line {number}: longer than {LONGEST_ROW // MEGABYTE} MB")
            if raw.strip():
                yield number, _object(raw, f"{path.name}, line {number}")


def _array_rows(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        data = json.loads(read_limited(path, LARGEST_ARRAY))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path.name}: not readable JSON: {error}") from error
    for number, row in enumerate(data, start=1):
        if not isinstance(row, dict):
            raise FormatError(f"{path.name}, element {number}: {type(row).__name__} where an object is expected")
        yield number, row


def _is_array(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _object(raw: bytes, where: str) -> Row:
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: not readable JSON: {error}; one object per line is expected") from error
    if not isinstance(data, dict):
        raise FormatError(f"{where}: {type(data).__name__} where an object is expected")
    return data


def _csv_rows(path: Path, delimiter: str) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(LONGEST_ROW)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if None in row or None in row.values():
                    width = len(reader.fieldnames or ())
                    raise FormatError(f"{path.name}, line {reader.line_num}: not {width} cells, as the header has")
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise FormatError(f"{path.name}, line {reader.line_num + 1}: {error}") from error


def _ratings(row: Row, name: str) -> tuple[float, ...]:
    """The ratings in a cell: a number, a list of numbers, or a text of numbers with anything but digits between."""
    cell = row.get(name)
    if isinstance(cell, str):
        parts: Sequence[Any] = re.split(r"[\s;,|]+", cell.strip().strip("[]()").strip())
    else:
        parts = cell if isinstance(cell, list) else [cell]
    values = [_as_number(part, name) for part in parts]
    return tuple(value for value in values if value is not None)


def _number(row: Row, name: str) -> float | None:
    return _as_number(row.get(name), name)


def _as_number(cell: Cell, name: str) -> float | None:
    """A number; None for an empty cell or NaN, which say that there is none."""
    if cell is None or cell == "":
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise _BadCellError(f"{name} {_short(cell)} is not a number") from None
    if math.isinf(value):
        raise _BadCellError(f"{name} {_short(cell)} is not finite")
    return None if math.isnan(value) else value


def _is_numeric(cells: Iterable[Cell]) -> bool:
    """Whether there is a number among the cells and nothing but numbers and gaps."""
    try:
        numbers = [_as_number(cell, "") for cell in cells]
    except _BadCellError:
        return False
    return any(number is not None for number in numbers)


def _label(row: Row, name: str | None) -> str | None:
    cell = row.get(name) if name else None
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, sort_keys=True)
    return None if cell is None or cell == "" else str(cell)


def _text(row: Row, name: str | None) -> str:
    cell = row.get(name) if name else None
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, list) and all(isinstance(part, str) for part in cell):
        return "\n".join(cell)
    raise _BadCellError(f"{name} {_short(cell)} is not a text")


def _texts(row: Row, name: str | None) -> tuple[str, ...]:
    cell = row.get(name) if name else None
    parts = cell if isinstance(cell, list) else _text(row, name).splitlines()
    if not all(isinstance(part, str) for part in parts):
        raise _BadCellError(f"{name} {_short(cell)} is not a list of texts")
    return tuple(part for part in parts if part.strip())


def _short(cell: Cell) -> str:
    text = repr(cell)
    return text if len(text) <= 60 else text[:59] + "…"
