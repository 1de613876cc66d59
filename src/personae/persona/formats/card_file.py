"""A card file from a path: the container is told from the first bytes, and the limits are those of each container."""

from __future__ import annotations

from pathlib import Path

from personae.errors import FormatError, UsageError
from personae.files import read_limited
from personae.persona.formats import archive, card, card_png, charx, lorebook_file
from personae.persona.formats.json_text import read_json
from personae.persona.formats.png import SIGNATURE
from personae.persona.lorebook.book import Lorebook
from personae.persona.persona import Persona

ENDINGS = (".json", ".png", ".apng", ".charx", ".yaml", ".yml")
VERSIONS = {"v1": 1, "v2": 2, "v3": 3}


def load_card(path: Path | str) -> Persona:
    """The persona in a card file of any kind, odd encodings included, in another persona file, or a starter by its id.

    Raises FormatError, or UnsafeFile above 10 MB (CHARX: 50 MB).
    """
    from personae.persona.find import starter_paths

    path = path if Path(path).exists() else starter_paths().get(str(path), Path(path))
    data = read_limited(path, archive.MAX_FILE)
    name = str(path)
    if data.startswith(SIGNATURE):
        return card_png.read(data, name)
    if data.startswith(b"PK") or (data.startswith(b"\xff\xd8\xff") and b"PK\x05\x06" in data[-65_600:]):
        return charx.read(data, name)
    if Path(name).suffix.lower() == ".json" and data.strip():
        return card.read_card(data, name)
    from personae.persona.formats import load

    return load(path)


def book_in(path: Path | str) -> Lorebook | None:
    """The lorebook a file is, if it is a standalone one; None for every other file."""
    if Path(path).suffix.lower() != ".json":
        return None
    data = read_limited(path, lorebook_file.MAX_BYTES)
    tree = read_json(data, str(path)).tree
    if not isinstance(tree, dict) or (tree.get("spec") != "lorebook_v3" and "entries" not in tree):
        return None
    return lorebook_file.read_lorebook(data, str(path))


def converted(persona: Persona, path: Path | str, to: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of the file at `path` in the format its ending and `to` ask for, and what had to be moved."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{str(path)!r}: cards are written to files ending in {', '.join(ENDINGS)}")
    if (to == "yaml") != (ending in (".yaml", ".yml")) and to is not None:
        raise UsageError(f"--to {to} does not go with a file ending in {ending!r}")
    if ending in (".yaml", ".yml"):
        from personae.persona.formats import dumps

        return dumps(persona, "yaml"), ()
    version = VERSIONS[to] if to else 3
    moved = card.to_tree(persona, version).moved
    if ending in (".png", ".apng"):
        return card_png.write_as(persona, version), moved
    if ending == ".charx":
        if version != 3:
            raise FormatError(f"{str(path)!r}: a CHARX file holds a V3 card; leave out --to or use .json")
        return charx.write_as(persona, 3), moved
    return card.write_card(persona, version), moved
