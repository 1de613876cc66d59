"""How files of a data folder become rows: bounded, decoded, checked by field, with the place in every error."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import nearest

Shape = TypeVar("Shape", bound=BaseModel)

#: No released file of items comes near this.
MAX_BYTES = 16 * MEGABYTE


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    try:
        return read_limited(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{str(path)!r} is not UTF-8 text: {error.reason} at byte {error.start}") from error


def tree_of(path: Path) -> Any:
    """What a JSON file holds."""
    try:
        return json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as JSON: {error}") from error


def json_rows(path: Path, shape: type[Shape]) -> list[Shape]:
    """A JSON list of objects, each of that shape. Raises `FormatError` that names the place."""
    try:
        return TypeAdapter(list[shape]).validate_python(tree_of(path))  # type: ignore[valid-type]
    except ValidationError as error:
        raise FormatError(f"{str(path)!r}: {_first(error)}") from error


def csv_rows(path: Path, shape: type[Shape], *, delimiter: str = ",") -> list[Shape]:
    """A table with a header line, each row of that shape. Columns the shape does not know are left out.

    Raises `FormatError` for a missing column (the nearest is named) and a bad value (its line is named).
    """
    table = csv.DictReader(io.StringIO(text_of(path), newline=""), delimiter=delimiter, strict=True)
    try:
        _columns(path, shape, table.fieldnames or ())
        return [_row(path, table.line_num, row, shape) for row in table]
    except csv.Error as error:
        raise FormatError(f"{str(path)!r} line {table.line_num} cannot be read as a table: {error}") from error


def _columns(path: Path, shape: type[BaseModel], found: Iterable[str]) -> None:
    known = list(found)
    for name, field in shape.model_fields.items():
        if field.is_required() and name not in known:
            raise FormatError(f"{str(path)!r} has no column {name!r}{nearest(name, known)}")


def _row(path: Path, number: int, row: dict[str | Any, Any], shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate({name: row[name] for name in shape.model_fields if row.get(name) not in (None, "")})
    except ValidationError as error:
        raise FormatError(f"{str(path)!r} line {number}: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    value = f", not {first['input']!r:.60}" if first["type"] != "missing" else ""
    return f"{place or 'the file'}: {first['msg']}{value}"
