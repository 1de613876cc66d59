"""Lorebooks in files of their own: V3 (`lorebook_v3`), a bare V2 book, or SillyTavern world info. All lossless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE
from personae.persona.formats.book_tree import patch_book, read_book
from personae.persona.formats.json_text import dump_json, read_json
from personae.persona.lorebook.book import Lorebook
from personae.persona.persona import Persona

MAX_BYTES = 10 * MEGABYTE


def read_lorebook(data: bytes, name: str) -> Lorebook:
    """The lorebook in a file of any of the three shapes. Raises FormatError if it is none."""
    return read_book(_book_of(_tree(data, name), name), [])


def notes_on(data: bytes, name: str) -> tuple[str, ...]:
    """What was odd about a lorebook file."""
    notes: list[str] = []
    read_book(_book_of(_tree(data, name), name), notes)
    return tuple(notes)


def write_lorebook(book: Lorebook, original: bytes | None = None) -> bytes:
    """A lorebook file: the original with the changed values rewritten, or a fresh `lorebook_v3`.

    An unchanged book gives back the same JSON, unknown keys and order included.
    """
    if original is None:
        data = patch_book(None, book)
        for entry in data["entries"]:
            entry.setdefault("use_regex", False)
        return dump_json({"spec": "lorebook_v3", "data": data}, like="{\n  ").encode()
    source = read_json(original, "the original")
    tree = dict(source.tree)
    old = _book_of(tree, "the original")
    patched = patch_book(old, book)
    whole = patched if old is source.tree or old is tree else tree | {"data": patched}
    return dump_json(whole, like=source.text).encode()


def read(data: bytes, name: str) -> Persona:
    """No persona is in a lorebook: always a FormatError that says what to do."""
    raise FormatError(f"{name!r} is a lorebook without a character; read it with `read_lorebook`")


def write(persona: Persona) -> bytes:
    """The persona's lorebook as a file of its own. Raises FormatError if it has none."""
    if persona.lorebook is None:
        raise FormatError(f"{persona.name!r} has no lorebook to write")
    return write_lorebook(persona.lorebook)


def _tree(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise UnsafeFile(f"{name!r} is larger than {MAX_BYTES // MEGABYTE} MB; such files are not read")
    tree = read_json(data, name).tree
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r} holds a JSON {type(tree).__name__}, not a lorebook")
    return tree


def _book_of(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    data = tree.get("data")
    if tree.get("spec") == "lorebook_v3" and isinstance(data, dict):
        return data
    if isinstance(tree.get("entries"), list | dict):
        return tree
    if isinstance(data, dict) and isinstance(data.get("entries"), list | dict):
        return data
    raise FormatError(f"{name!r} is JSON but no lorebook: it has no `entries`")
