"""From hostile bytes to text, JSON and a validated persona, or one line that says why not. Shared by the readers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from personae.errors import FormatError
from personae.persona.formats.json_text import read_json

T = TypeVar("T", bound=BaseModel)


def digest(data: bytes) -> str:
    """SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def decode_text(data: bytes, name: str) -> str:
    """UTF-8 text, a leading byte order mark dropped. Raises FormatError naming the line of the first bad byte."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FormatError(f"{name!r} is UTF-16 text; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"{name!r}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8 text; save the file as UTF-8"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError(f"{name!r}, line {line}: a zero byte; this is not a text file")
    return text


def parse_json(data: bytes | str, name: str) -> Any:
    """The JSON value in the bytes. Raises FormatError where reading would be a guess or lose data."""
    return read_json(data.encode("utf-8") if isinstance(data, str) else data, name).tree


def validated(model: type[T], tree: Mapping[str, Any], name: str) -> T:
    """The typed object for a tree, or a FormatError with one line per fault, each naming the path of its key."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise FormatError(faults(error, name)) from error


def faults(
    error: ValidationError, name: str, limit: int = 5, line_of: Callable[[tuple[str | int, ...]], int] | None = None
) -> str:
    """A validation error as short lines: file, line where known, key path, what was wrong, the value."""
    lines = []
    for fault in error.errors(include_url=False)[:limit]:
        path = ".".join(str(step) for step in fault["loc"]) or "the whole"
        where = f"{name!r}, line {line_of(fault['loc'])}" if line_of else f"{name!r}"
        lines.append(f"{where}: {path}: {_reason(fault['type'], fault['msg'])}{_value(fault)}")
    hidden = error.error_count() - len(lines)
    return "\n".join([*lines, f"… and {hidden} more"] if hidden > 0 else lines)


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "unknown key; data of your own goes under `extensions`"
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _value(fault: Any) -> str:
    if fault["type"] in ("missing", "value_error"):
        return ""
    shown = repr(fault["input"])
    return f" (got {shown if len(shown) <= 60 else shown[:57] + '…'})"
