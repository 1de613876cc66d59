"""A character card of any version: bytes or tree to a persona, and the persona back into the tree it came from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from personae.errors import UnsafeFile
from personae.files import MEGABYTE
from personae.persona.formats.card_fields import patch_fields, read_fields
from personae.persona.formats.card_rest import lay_over, with_rest
from personae.persona.formats.card_statements import settled
from personae.persona.formats.card_tree import (
    completed,
    data_of,
    full_data,
    lowered,
    moved,
    rewrapped,
    tree_version,
    version_of,
    wrapped,
)
from personae.persona.formats.decode import digest
from personae.persona.formats.json_text import dump_json, parse, read_json
from personae.persona.original import Original
from personae.persona.persona import Persona

MAX_BYTES = 10 * MEGABYTE
CARDS = ("card_v1", "card_v2", "card_v3", "card_png", "charx")


@dataclass(frozen=True)
class CardTree:
    """A tree ready to be written, its version, and what had to be moved to fit it, in words."""

    tree: dict[str, Any]
    version: int
    moved: tuple[str, ...] = ()


def read_card(data: bytes, name: str) -> Persona:
    """The persona in a JSON card of any version. Raises FormatError, above 10 MB UnsafeFile."""
    if len(data) > MAX_BYTES:
        raise UnsafeFile(f"{name!r} is larger than {MAX_BYTES // MEGABYTE} MB; such files are not read")
    source = read_json(data, name)
    persona = from_tree(source.tree, name, source.notes)
    original = persona.original
    assert original is not None
    return persona.read_from(replace(original, text=source.text, digest=digest(data)))


def from_tree(tree: Any, name: str, notes: tuple[str, ...] = ()) -> Persona:
    """The persona a card tree describes, remembering the tree."""
    found = list(notes)
    tree = _unpacked(tree, name, found)
    version = version_of(tree, name, found)
    data = full_data(tree)
    persona = lay_over(read_fields(data, name, found), data, found)
    return persona.read_from(Original(f"card_v{version}", tree=tree, notes=tuple(dict.fromkeys(found))))


def to_tree(persona: Persona, version: int) -> CardTree:
    """The persona as the tree of a card of `version` 1, 2 or 3: its own tree with the changed fields rewritten."""
    original = card_original(persona)
    if original is None or original.tree is None:
        return _fitted(_fresh(persona), None, version, None)
    tree = dict(original.tree)
    view = from_tree(copy.deepcopy(tree), persona.name)
    own = tree_version(tree)
    unchanged = same(persona, view)
    if unchanged and own == version:
        return CardTree(copy.deepcopy(tree), version)
    data = full_data(tree) if unchanged else _patched(full_data(tree), view, persona)
    return _fitted(data, tree, version, own)


def card_original(persona: Persona) -> Original | None:
    """The original of a persona that was read from a card."""
    original = persona.original
    return original if original is not None and original.format in CARDS else None


def write_card(persona: Persona, version: int) -> bytes:
    """The JSON text of `to_tree`; an unchanged card in its own version comes back letter for letter."""
    card = to_tree(persona, version)
    original = card_original(persona)
    text = original.text if original else None
    if (
        text is not None
        and original is not None
        and card.tree == original.tree
        and list(card.tree) == list(original.tree)
    ):
        return dump_bytes(text)
    return dump_bytes(dump_json(card.tree, like=text or "{\n  "))


def dump_bytes(text: str) -> bytes:
    """UTF-8, for texts that hold no lone surrogates (`dump_json` escapes them)."""
    return text.encode("utf-8")


def same(persona: Persona, other: Persona) -> bool:
    """Do two personas say the same, wherever they were read?"""
    return persona.model_dump() == other.model_dump()


def _patched(data: dict[str, Any], view: Persona, persona: Persona) -> dict[str, Any]:
    wanted = settled(persona, view)
    patched = patch_fields(data, view, wanted)
    again = read_fields(patched, persona.name, [])
    return with_rest(patched, wanted, again, view)


def _fresh(persona: Persona) -> dict[str, Any]:
    """Card data for a persona that never was a card: its statements and traits join the texts other programs read."""
    blank = completed({}, 3)
    known = persona.description or persona.summary
    lines = [s.text for s in persona.statements if s.text not in known]
    shown = persona.edited(
        description="\n".join([*([known] if known else []), *lines]),
        personality=persona.personality.model_copy(
            update={"description": persona.personality.description or ", ".join(persona.personality.traits) or None}
        ),
    )
    data = patch_fields(blank, read_fields(blank, "", []), shown)
    again = read_fields(data, persona.name, [])
    return with_rest(data, persona, again, None)


def _fitted(data: dict[str, Any], tree: Mapping[str, Any] | None, version: int, own: int | None) -> CardTree:
    """Data brought into a version and wrapped; moves are told only when the version changes."""
    if own == version and tree is not None:
        before = data_of(tree)
        fitted = data if version == 3 else lowered(data, version, before)
        if before is tree:
            head = {key: tree[key] for key in ("spec", "spec_version") if key in tree}
            return CardTree({**head, **fitted}, version)
        return CardTree(rewrapped(fitted, tree), version)
    told = tuple(moved(data, version)) if version < 3 else ()
    fitted = completed(data if version == 3 else lowered(data, version), version)
    if version == 1 and tree is not None and data_of(tree) is not tree:
        fitted |= {key: value for key, value in tree.items() if key not in ("spec", "spec_version", "data", *fitted)}
    return CardTree(wrapped(fitted, version, tree if own in (2, 3) else None), version, told)


def _unpacked(tree: Any, name: str, notes: list[str]) -> Any:
    """The tree with a `data` that was written as JSON text opened."""
    if isinstance(tree, dict) and isinstance(tree.get("data"), str) and tree["data"].lstrip().startswith("{"):
        notes.append("`data` was written as JSON text inside the JSON; the inner object was read")
        return tree | {"data": parse(tree["data"], name)}
    return tree
