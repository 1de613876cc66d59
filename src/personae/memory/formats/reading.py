"""From bytes of a user's file to checked records; an error names file, record and key. Nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE, read_limited
from personae.persona.formats.decode import decode_text, faults
from personae.persona.formats.json_text import printable

#: Largest file that is read; LongMemEval's middle set has less, its largest has to be cut into several.
MAX_BYTES = 512 * MEGABYTE
#: Longest turn, and most turns of one file.
MAX_TEXT = 1_000_000
MAX_TURNS = 2_000_000

T = TypeVar("T", bound="Shape")


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=MAX_TEXT)]
Name = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=500)]
Loose = Annotated[
    str, BeforeValidator(lambda value: "" if value is None else _plain(value)), Field(max_length=MAX_TEXT)
]


class Shape(BaseModel):
    """A record of an outside file: what we need is checked, what we do not know is let be."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def read_tree(path: Path | str) -> Any:
    """The JSON value of a file. Raises FormatError, and UnsafeFile beyond `MAX_BYTES` or 1,000 levels."""
    return parse(decode_text(read_limited(path, MAX_BYTES), str(path)), str(path))


def read_lines(path: Path | str) -> Iterator[tuple[int, Any]]:
    """Line number and value of each line of a JSON Lines file; blank lines are passed over."""
    text = decode_text(read_limited(path, MAX_BYTES), str(path))
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, parse(line, f"{path}, line {number}")


def read_records(path: Path | str) -> Iterator[tuple[str, Any]]:
    """The records of a file, each with how to name it: a JSON list, a single object, or an object a line."""
    text = decode_text(read_limited(path, MAX_BYTES), str(path))
    if text.lstrip().startswith("["):
        for place, record in enumerate(parse(text, str(path))):
            yield f"{path}, record {place}", record
        return
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    try:
        values = [(f"{path}, line {number}", parse(line, f"{path}, line {number}")) for number, line in lines]
    except FormatError:
        if len(lines) > 1 and lines[0][1].strip() in ("{", "{}"):  # one object, written over many lines
            yield str(path), parse(text, str(path))
            return
        raise
    yield from values


def parse(text: str, name: str) -> Any:
    """The JSON value in a text, the names of its keys once each."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_constant)
    except json.JSONDecodeError as error:
        place = f", line {error.lineno}" if "\n" in error.doc.strip() else ""
        raise FormatError(f"{name!r}{place}: not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise UnsafeFile(f"{name!r}: JSON nested too deep to be read") from error
    except ValueError as error:
        raise FormatError(f"{name!r}: not usable JSON: {error}") from error


def shaped(shape: type[T], tree: Any, name: str) -> T:
    """The checked record, or a FormatError with one line per fault, each naming its key."""
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        raise FormatError(faults(error, name)) from error


def iso(text: str, *forms: str) -> str | None:
    """A time in ISO 8601, read by the first of these `strptime` forms that fits; None for no text.

    Raises ValueError where none fits.

    >>> iso("29.12.2023, 22:42:04", "%d.%m.%Y, %H:%M:%S")
    '2023-12-29T22:42:04'
    """
    plain = re.sub(r"\s+", " ", text).strip()
    if not plain:
        return None
    for form in forms:
        try:
            return datetime.strptime(plain, form).isoformat()
        except ValueError:
            continue
    raise ValueError(f"the time {text[:60]!r} is none of {', '.join(forms)}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice in one object")
    return tree


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")
