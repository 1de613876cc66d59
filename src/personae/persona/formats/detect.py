"""Which format some bytes are in, told from the content first and from the file's ending only where that is open."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any

from personae.errors import FormatError
from personae.persona.formats.decode import decode_text, parse_json

#: First bytes of files that hold no persona, and what to say about them.
FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture; character cards are PNG files"),
    (b"GIF8", "a GIF picture; character cards are PNG files"),
    (b"RIFF", "a WEBP picture or sound; character cards are PNG files"),
    (b"%PDF", "a PDF; paste its text into a .txt file"),
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
)
#: JSON in an encoding other than UTF-8, as it occurs in the wild.
_ODD_JSON = re.compile(rb"(?:\xff\xfe|\xfe\xff)?\s*\x00?[{\[]")
_NATIVE = re.compile(r"^(?:personae|[\"']personae[\"'])\s*:", re.MULTILINE)
_CHAT_LINE = re.compile(r"^\s*(?:\d+\s+)?(?:your|partner's) persona:", re.MULTILINE | re.IGNORECASE)
_CARD_KEYS = ({"first_mes"}, {"mes_example"}, {"description", "scenario"}, {"description", "personality"})

#: Format → keys of its records.
_RECORDS = {"dulemon": {"bot_persona", "conversation"}, "prodigy": {"character_name", "biography", "paraphrasis_1"}}


def detect(data: bytes, name: str = "<memory>") -> str:
    """The format (a key of `FORMATS`) the bytes are in. Raises FormatError when they are none of the known ones.

    >>> detect(b"personae: 1\\nname: Ana\\n")
    'yaml'
    >>> detect(b"your persona: i like tea.")
    'personachat'
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "card_png"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "charx"
    for magic, what in FOREIGN:
        if data.startswith(magic):
            raise FormatError(f"{name!r} is {what}")
    if not data.strip():
        raise FormatError(f"{name!r} is empty")
    try:
        text = decode_text(data, name)
    except FormatError:
        if not _ODD_JSON.match(data):
            raise
        return _by_tree(parse_json(data, name), name)
    return _by_text(text, name) if text.strip() else _empty(name)


def _empty(name: str) -> str:
    raise FormatError(f"{name!r} is empty")


def _by_text(text: str, name: str) -> str:
    ending = PurePath(name.rpartition("#")[0] or name).suffix.lower()
    start = text.lstrip()
    if start[0] in "{[" and ending not in (".yaml", ".yml"):
        found = _by_json(start, name, ending)
        if found:
            return found
    elif ending in (".json", ".jsonl"):
        return _by_tree(parse_json(text, name), name)
    if start[0] == "<" and re.match(r"<(!doctype|html|\?xml)", start, re.IGNORECASE):
        raise FormatError(f"{name!r} is a web page; save the card itself, or its text as .txt")
    if ending in (".yaml", ".yml") or _NATIVE.search(text):
        return "yaml"
    if _CHAT_LINE.search(text) or "</s>" in text:
        return "personachat"
    return "profile_text"


def _by_json(text: str, name: str, ending: str) -> str | None:
    """The format of JSON or JSON-lines text; None when it is neither and its ending does not claim so."""
    first_line = text.split("\n", 1)[0]
    first = _object(first_line)
    if ending == ".jsonl" or (first_line.rstrip() != text.rstrip() and first is not None):
        return _collected(first) or "profile_json"
    try:
        tree = parse_json(text, name)
    except FormatError:
        if ending == ".json" or text.startswith(('{"', "{\n", "{\r")):
            raise
        return None
    return _by_tree(tree, name)


def _by_tree(tree: Any, name: str) -> str:
    if isinstance(tree, list) or not isinstance(tree, dict):
        return "personachat" if _only_strings(tree) else "profile_json"
    spec = tree.get("spec")
    if isinstance(spec, str) and spec.startswith("chara_card_v"):
        return "card_v2" if spec == "chara_card_v2" else "card_v3"
    if spec == "lorebook_v3" or isinstance(tree.get("entries"), list | dict):
        return "lorebook"
    if isinstance(spec, str) and isinstance(tree.get("data"), dict):
        raise FormatError(f"{name!r}: unknown spec {spec!r}; known are chara_card_v2, chara_card_v3 and lorebook_v3")
    if "personae" in tree:
        return "yaml"
    data = tree.get("data")
    if isinstance(data, dict) and "first_mes" in data:
        return "card_v2"
    if any(keys <= tree.keys() for keys in _CARD_KEYS):
        return "card_v1"
    if collected := _collected(tree) or _collected(next(iter(tree.values()), None)):
        return collected
    return "personachat" if _only_strings(tree) else "profile_json"


def _only_strings(tree: Any, depth: int = 4) -> bool:
    """A list of statements, or lists of them under keys: the shape of persona collections."""
    if isinstance(tree, dict):
        tree = list(tree.values()) if all(isinstance(value, list) for value in tree.values()) else []
    if not isinstance(tree, list) or not tree or not depth:
        return False
    return all(isinstance(line, str) for line in tree) or all(_only_strings(part, depth - 1) for part in tree)


def _collected(tree: Any) -> str | None:
    """The collection whose record this is, told by the keys no other has."""
    return next((name for name, keys in _RECORDS.items() if isinstance(tree, dict) and keys <= tree.keys()), None)


def _object(line: str) -> dict[str, Any] | None:
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None
