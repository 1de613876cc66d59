"""JSON with nothing lost: bytes in the encodings that occur to a tree, and a tree back to text.

Stricter than `json` where data would be lost (the same key twice, NaN, numbers beyond a double), more patient
where files in the wild are odd (byte order marks, UTF-16, Windows-1252, JSON inside a JSON string).
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from personae.errors import FormatError, UnsafeFile

#: Nesting beyond this is no card; it would exhaust the stack of whoever walks the tree.
MAX_DEPTH = 100
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WESTERN = frozenset("àáâãäåæçèéêëìíîïðñòóôõöøœšžùúûüýßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒŠŽÙÚÛÜÝ")
_TYPOGRAPHY = frozenset("‘’“”„‚–—…•«»¡¿°·´ªº\xa0")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INDENT = re.compile(r"\s*[{\[]\r?\n([ \t]+)")


@dataclass(frozen=True)
class JsonText:
    """A tree, the text it stood in, and what was odd about it."""

    tree: Any
    text: str
    notes: tuple[str, ...] = ()


def read_json(data: bytes, name: str) -> JsonText:
    """The one JSON value in some bytes. Raises FormatError where reading would be a guess or lose data.

    >>> read_json(b'{"a": 1.0, "b": 12345678901234567890}', "x").tree
    {'a': 1.0, 'b': 12345678901234567890}
    """
    text, notes = decode(data, name)
    tree = parse(text, name)
    for _ in range(2):
        if not (isinstance(tree, str) and tree.lstrip().startswith(("{", '"'))):
            break
        tree = parse(tree, name)
        notes.append("the JSON was wrapped in a JSON string; the inner object was read")
    return JsonText(tree, text, tuple(notes))


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text in some bytes and notes about its encoding: UTF-8 first, UTF-16, then plausible Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, name), [f"began with a {encoding.upper()} byte order mark"]
    if data[:2] in (b"{\0", b"\0{"):
        encoding = "utf-16-le" if data[0] else "utf-16-be"
        return _strictly(data, encoding, name), [f"was {encoding.upper()} text without a byte order mark"]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        western = _western(data)
        if western is None:
            raise FormatError(_bad_byte(data, error, "UTF-8", name)) from error
        return western, ["was not UTF-8; read as Windows-1252 (Western European) text"]


def parse(text: str, name: str) -> Any:
    """The JSON value in a text; the same key twice, NaN, overflow and anything after the value are errors."""
    if _depth(text) > MAX_DEPTH:
        raise UnsafeFile(f"{name!r}: JSON nested more than {MAX_DEPTH} levels deep")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_constant, parse_float=_float)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise FormatError(
                f"{name!r}, line {error.lineno}: a second value after the first; one file holds one card"
            ) from error
        place = f", line {error.lineno}" if "\n" in error.doc.strip() else ""
        raise FormatError(f"{name!r}{place}: not valid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{name!r}: not usable JSON: {error}") from error


def dump_json(tree: Any, like: str | None = None) -> str:
    """Text of a tree, indented as the text `like` was. Characters stay as they are; lone surrogates are escaped.

    >>> dump_json({"é": "\\ud800"})
    '{"é":"\\\\ud800"}'
    """
    indent = _INDENT.match(like) if like else None
    if indent:
        text = json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=indent[1])
    else:
        spaced = like is not None and '": ' in like
        separators = (", ", ": ") if spaced else (",", ":")
        text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=separators)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def printable(text: str) -> str:
    """The text with lone surrogates, which no file and no screen can show, replaced by the replacement sign."""
    return _SURROGATE.sub("\ufffd", text)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError(_bad_byte(data, error, encoding.upper(), name)) from error


def _bad_byte(data: bytes, error: UnicodeDecodeError, encoding: str, name: str) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    return f"{name!r}, line {line}: byte 0x{data[error.start]:02x} is not {encoding} text; save the file as UTF-8"


def _western(data: bytes) -> str | None:
    """The bytes as Windows-1252 where that reads as text: Western letters and typographic signs."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    for match in re.finditer(r"[^\x00-\x7f]", text):
        plausible = match[0] in _WESTERN or match[0] in _TYPOGRAPHY
        if match[0] in "ÃÂâ":  # also first bytes of UTF-8 letters: damaged UTF-8 unless the word goes on
            plausible = text[match.end() : match.end() + 1].isalpha()
        if not plausible:
            return None
    return text


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings, found without recursion."""
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', text, re.DOTALL):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {printable(twice)!r} stands twice in one object; remove one")
    return tree


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:20]} is too large")
    return value
