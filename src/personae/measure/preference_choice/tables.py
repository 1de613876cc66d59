"""Rows of CSV, JSON and JSON lines, and the literals some tables keep in a cell; hostile files stop here."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE, read_limited
from personae.persona.formats.decode import decode_text, parse_json

#: Histories of a million tokens for some twenty users stand in one file.
MAX_BYTES = 400 * MEGABYTE
MAX_ROWS = 200_000
MAX_CELL = 100_000

_OPENINGS = "[{("


def rows(path: Path | str, *, limit: int = MAX_BYTES) -> Iterator[tuple[dict[str, Any], str]]:
    """The records of a .csv, .json or .jsonl file, each with the words that say where it stands.

    Raises FormatError for a file that is none, UnsafeFile for one too large or nested too deep.
    """
    source = Path(path)
    name, suffix = source.name, source.suffix.lower()
    data = read_limited(source, limit)
    if suffix == ".csv":
        found: Iterator[tuple[Any, str]] = _csv(decode_text(data, name), name)
    elif suffix == ".jsonl":
        found = _lines(decode_text(data, name), name)
    elif suffix == ".json":
        tree = parse_json(data, name)
        tree = tree["data"] if isinstance(tree, dict) and isinstance(tree.get("data"), list) else tree
        listed = tree if isinstance(tree, list) else [tree]
        found = ((record, f"{name} [{number}]") for number, record in enumerate(listed))
    else:
        raise FormatError(f"{name!r} ends with {suffix!r}; such tables are .csv, .json or .jsonl")
    for number, (record, where) in enumerate(found):
        if number >= MAX_ROWS:
            raise FormatError(f"{name!r} holds more than {MAX_ROWS} records; cut it into several files")
        if not isinstance(record, dict):
            raise FormatError(f"{where!r} is no record but {type(record).__name__}; a record is an object")
        yield record, where


def literal(text: str) -> Any:
    """A cell that holds a JSON value or a Python literal as that value; other texts, and cells too long, as they are.

    Nothing is evaluated.

    >>> literal("['(a) tea', '(b) wine']"), literal('{"role": "user"}'), literal("a [b]")
    (['(a) tea', '(b) wine'], {'role': 'user'}, 'a [b]')
    """
    said = text.strip()
    if not said.startswith(("[", "{")) or len(said) > MAX_CELL or sum(map(said.count, _OPENINGS)) > MAX_CELL // 10:
        return text
    for read in (json.loads, ast.literal_eval):
        try:
            return read(said)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return text


def inside(root: Path, link: str) -> Path:
    """The file a table links to, below `root`. Raises UnsafeFile for a link that leads elsewhere."""
    if not link or "\0" in link or Path(link).is_absolute():
        raise UnsafeFile(f"the link {link[:100]!r} is no path below {str(root)!r}")
    target = (root / link).resolve()
    if not target.is_relative_to(root.resolve()):
        raise UnsafeFile(f"the link {link[:100]!r} leads out of {str(root)!r}; it is not followed")
    return target


def _csv(text: str, name: str) -> Iterator[tuple[Any, str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, record in enumerate(reader, 2):
            if None in record or None in record.values():
                raise FormatError(
                    f"{name!r}, record {number - 1}: it has not as many cells as the first line has names"
                )
            yield record, f"{name}, record {number - 1}"
    except csv.Error as error:
        raise FormatError(f"{name!r}, line {reader.line_num}: not valid CSV: {error}") from error


def _lines(text: str, name: str) -> Iterator[tuple[Any, str]]:
    """Split at line feeds alone: JSON texts may hold other line ends, such as U+2028."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield parse_json(line, f"{name}, line {number}"), f"{name}, line {number}"
