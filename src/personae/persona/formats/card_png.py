"""A character card in the text chunks of a PNG or APNG picture: `ccv3` holds V3, `chara` V1 or V2."""

from __future__ import annotations

import base64
import binascii
import copy
import re
from dataclasses import replace
from typing import Any

from personae.errors import FormatError, UnsafeFile
from personae.persona.formats.card import card_original, from_tree, same, to_tree
from personae.persona.formats.card_tree import WRAPPER, data_of, tree_version
from personae.persona.formats.decode import digest
from personae.persona.formats.json_text import dump_json, read_json
from personae.persona.formats.png import Chunk, Png, keyword, read_png, text_of, with_texts, write_png
from personae.persona.parts import Asset
from personae.persona.persona import Persona
from personae.persona.portrait import portrait_png

#: Text keys in order of precedence.
KEYS = ("ccv3", "chara")
ASSET_KEY = "chara-ext-asset_:"
BACKFILL = "(This is the V2 copy of a V3 card; programs that read V3 find more in the `ccv3` chunk.)"


def read(data: bytes, name: str) -> Persona:
    """The persona in a picture; `ccv3` wins over `chara`. Raises FormatError if there is no readable card."""
    png = read_png(data, name)
    notes = _check_sums(png)
    found = {key: _only(png, key, name, notes) for key in KEYS}
    chunk = found["ccv3"] or found["chara"]
    if chunk is None:
        keys = ", ".join(sorted({repr(key) for key in map(keyword, png.chunks) if key})) or "none"
        raise FormatError(f"{name!r} is a picture without a character card (text keys found: {keys})")
    source = read_json(_card_bytes(chunk, name, notes), name)
    persona = from_tree(source.tree, name, (*notes, *source.notes))
    original = persona.original
    assert original is not None
    told = (*original.notes, *_attached_notes(png, persona))
    return persona.read_from(replace(original, format="card_png", carrier=png, digest=digest(data), notes=told))


def write(persona: Persona) -> bytes:
    """A PNG card. One read from a PNG keeps its picture, chunks and versions; any other gets V3 with a V2 copy."""
    original = card_original(persona)
    png = original.carrier if original is not None and isinstance(original.carrier, Png) else None
    if original is None or original.tree is None or png is None:
        return write_as(persona, 3)
    own = tree_version(original.tree)
    if same(persona, from_tree(copy.deepcopy(dict(original.tree)), persona.name)):
        return write_png(png)
    return write_as(persona, own)


def write_as(persona: Persona, version: int) -> bytes:
    """A PNG card of one version: 3 is written with a V2 copy beside it, 1 and 2 alone."""
    original = card_original(persona)
    png = original.carrier if original is not None and isinstance(original.carrier, Png) else None
    if png is None:
        png = read_png(portrait_png(persona.name), "portrait")
    tree = to_tree(persona, version).tree
    texts = [("chara", _encoded(tree))]
    if version == 3:
        texts = [("chara", _encoded(_backfill(persona, png))), ("ccv3", _encoded(tree))]
    drop = KEYS
    return write_png(with_texts(png, texts, drop))


def attached(png: Png) -> dict[str, Chunk]:
    """Old asset chunks of a picture: path → chunk."""
    found = {}
    for chunk in png.chunks:
        key = keyword(chunk) or ""
        if key.lower().startswith(ASSET_KEY):
            found[key[len(ASSET_KEY) :]] = chunk
    return found


def attached_assets(persona: Persona) -> tuple[Asset, ...]:
    """The files inside a PNG card that its asset list does not name."""
    png = persona.original.carrier if persona.original else None
    if not isinstance(png, Png):
        return ()
    listed = {asset.uri.partition(":")[2] for asset in persona.assets if asset.uri.startswith("__asset:")}
    return tuple(
        Asset(type="x_attached", uri=f"__asset:{path}", name=path.rsplit("/", 1)[-1], ext=path.rpartition(".")[2])
        for path in attached(png)
        if path not in listed
    )


def _backfill(persona: Persona, png: Png) -> dict[str, Any]:
    """The V2 copy; keys only an earlier copy had are kept."""
    tree = to_tree(persona, 2).tree
    data = tree["data"]
    shown = data.get("creator_notes")
    data["creator_notes"] = f"{shown}\n{BACKFILL}" if isinstance(shown, str) and shown else BACKFILL
    chunk = next((chunk for chunk in png.chunks if (keyword(chunk) or "").lower() == "chara"), None)
    if chunk is None:
        return tree
    try:
        old = read_json(_card_bytes(chunk, "", []), "").tree
    except FormatError:
        return tree
    if isinstance(old, dict):
        data |= {key: value for key, value in data_of(old).items() if key not in data and key not in WRAPPER}
        if data_of(old) is not old:
            tree |= {key: value for key, value in old.items() if key not in tree}
    return tree


def _only(png: Png, key: str, name: str, notes: list[str]) -> Chunk | None:
    chunks = [chunk for chunk in png.chunks if (keyword(chunk) or "").lower() == key]
    values = {re.sub(rb"\s", b"", text_of(chunk, name)) for chunk in chunks}
    if len(values) > 1:
        raise FormatError(
            f"{name!r} holds {len(chunks)} different cards under the key {key!r}; one file holds one card"
        )
    if len(chunks) > 1:
        notes.append(f"the card stands {len(chunks)} times under the key {key!r}")
    return chunks[0] if chunks else None


def _card_bytes(chunk: Chunk, name: str, notes: list[str]) -> bytes:
    text = re.sub(rb"\s+", b"", text_of(chunk, name))
    if text.startswith(b"{"):
        notes.append(f"the text {keyword(chunk)!r} is plain JSON, not base64")
        return text_of(chunk, name)
    text = text.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"{name!r}: the card in text {keyword(chunk)!r} is not valid base64: {error}") from error


def _encoded(tree: dict[str, Any]) -> bytes:
    text = base64.b64encode(dump_json(tree).encode("utf-8"))
    if len(text) > 8 * 1024 * 1024:
        raise UnsafeFile("the card is larger than 8 MB; write it as .charx or .json")
    return text


def _check_sums(png: Png) -> list[str]:
    wrong = [chunk.kind.decode("latin-1") for chunk in png.chunks if not chunk.crc_is_right]
    return [f"the picture has wrong check sums in its chunks {', '.join(sorted(set(wrong)))}"] if wrong else []


def _attached_notes(png: Png, persona: Persona) -> list[str]:
    paths = attached(png)
    return [f"{len(paths)} files stand in old asset chunks; they are kept"] if paths else []
