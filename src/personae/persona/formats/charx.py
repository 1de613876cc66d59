"""CHARX: a zip holding `card.json`, the card's assets, and the data of other programs."""

from __future__ import annotations

import copy
from dataclasses import replace

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE
from personae.persona.formats.archive import Archive, Member, new_member, read_archive, write_archive
from personae.persona.formats.card import card_original, from_tree, same, to_tree
from personae.persona.formats.card_tree import tree_version
from personae.persona.formats.decode import digest
from personae.persona.formats.json_text import dump_json, read_json
from personae.persona.persona import Persona

CARD = "card.json"
MAX_CARD = 8 * MEGABYTE


def read(data: bytes, name: str) -> Persona:
    """The persona in a CHARX file. Raises FormatError without exactly one `card.json`, UnsafeFile for bombs."""
    archive = read_archive(data, name)
    cards = [member for member in archive.members if member.name.lower() == CARD]
    if len(cards) != 1:
        found = f"{len(cards)} members called {CARD}" if cards else f"no {CARD}"
        raise FormatError(f"{name!r} is a zip archive with {found}; a CHARX file has exactly one")
    if len(cards[0].data) > MAX_CARD:
        raise UnsafeFile(f"{name!r}: {CARD} is larger than {MAX_CARD // MEGABYTE} MB; such cards are not read")
    source = read_json(cards[0].data, f"{name}:{CARD}")
    persona = from_tree(source.tree, name, source.notes)
    original = persona.original
    assert original is not None
    missing = _missing(persona, archive)
    told = (*original.notes, *(f"the asset {path!r} is not in the archive" for path in missing))
    return persona.read_from(
        replace(original, format="charx", text=source.text, carrier=archive, digest=digest(data), notes=told)
    )


def write(persona: Persona) -> bytes:
    """A CHARX file; one read from CHARX keeps every other member byte for byte and in its place."""
    original = card_original(persona)
    archive = original.carrier if original is not None and isinstance(original.carrier, Archive) else Archive(())
    version = tree_version(original.tree) if archive.members and original is not None and original.tree else 3
    return write_as(persona, version)


def write_as(persona: Persona, version: int) -> bytes:
    """A CHARX file holding a card of one version."""
    original = card_original(persona)
    archive = original.carrier if original is not None and isinstance(original.carrier, Archive) else Archive(())
    old = next((member for member in archive.members if member.name.lower() == CARD), None)
    if old is None:
        text = dump_json(to_tree(persona, version).tree, like="{\n  ").encode()
        return write_archive(Archive((new_member(CARD, text), *archive.members), archive.prefix))
    return write_archive(replace(archive, members=_replaced(archive, old, persona, version)))


def _replaced(archive: Archive, old: Member, persona: Persona, version: int) -> tuple[Member, ...]:
    original = persona.original
    assert original is not None
    assert original.tree is not None
    view = from_tree(copy.deepcopy(dict(original.tree)), persona.name)
    if same(persona, view) and tree_version(original.tree) == version:
        return archive.members
    text = dump_json(to_tree(persona, version).tree, like=original.text).encode()
    return tuple(replace(member, data=text) if member is old else member for member in archive.members)


def _missing(persona: Persona, archive: Archive) -> list[str]:
    names = {member.name for member in archive.members}
    schemes = ("embeded://", "embedded://")
    paths = [asset.uri.partition("://")[2] for asset in persona.assets if asset.uri.lower().startswith(schemes)]
    return [path for path in paths if path not in names]
