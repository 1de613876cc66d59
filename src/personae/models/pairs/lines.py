"""One line of a JSONL file of pairs: what can be scored in it, or the reason why not.

A line from outside may be anything: no JSON, no object, half a pair, a text without end. None of that stops a run;
each becomes a row with a reason, which opens with its kind: "not JSON: …", "empty: …".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

#: A line longer than this is not kept; a text longer than this is not scored.
MAX_LINE_BYTES, MAX_TEXT = 256_000, 20_000

#: None if a text can be judged, else why not; as `personae.models.embedder.supported`.
Unread = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `number` counts from 1, `end` is where it ends in the file, in bytes; `raw` is None for
    one that is too long."""

    number: int
    end: int
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Row:
    """What a line holds, and the reason if its pair cannot be scored."""

    line: Line
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


def read_lines(source: BinaryIO) -> Iterator[Line]:
    """The lines of a file that are not blank, with memory for one."""
    number = end = 0
    while raw := source.readline(MAX_LINE_BYTES + 1):
        number, end = number + 1, end + len(raw)
        if len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):
            end += _skip_rest(source)
            yield Line(number, end, None)
        elif raw.strip():
            yield Line(number, end, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)


def parsed(line: Line, unread: Unread | None = None) -> Row:
    """The row of a line. `unread` says why a text is beyond the scorer, or None."""
    if line.raw is None:
        return Row(line, reason=f"too long: a line of more than {MAX_LINE_BYTES:,} bytes")
    try:
        data = json.loads(line.raw.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        return Row(line, reason=f"not UTF-8: byte {error.start} of the line")
    except json.JSONDecodeError as error:
        return Row(line, reason=f"not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return Row(line, reason=f"not JSON: {str(error)[:100]}")
    if not isinstance(data, dict):
        return Row(line, reason=f"not an object: a JSON {type(data).__name__}, not {{'p': …, 'h': …}}")
    return Row(line, data, _flaw(data, unread))


def written(fields: Mapping[str, Any]) -> bytes:
    """A row as one line of JSON in UTF-8, with its line end."""
    line = json.dumps(fields, ensure_ascii=False)
    try:
        return line.encode("utf-8") + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        return json.dumps(fields).encode("ascii") + b"\n"


def _flaw(fields: Mapping[str, Any], unread: Unread | None) -> str | None:
    for name in ("p", "h"):
        if name not in fields:
            return f"missing: no field {name!r}"
        text = fields[name]
        if not isinstance(text, str):
            return f"not a text: {name!r} holds a JSON {type(text).__name__}"
        if not text.strip():
            return f"empty: {name!r} has no text"
        if len(text) > MAX_TEXT:
            return f"too long: {name!r} has {len(text):,} characters, more than {MAX_TEXT:,}"
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            return f"not Unicode: {name!r} holds half a surrogate pair"
        if unread is not None and (why := unread(text)):
            return f"unsupported: {name!r}: {why}"
    return None


def _skip_rest(source: BinaryIO) -> int:
    skipped = 0
    while rest := source.readline(MAX_LINE_BYTES):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")
