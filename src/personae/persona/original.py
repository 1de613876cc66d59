"""What a file held that the typed view does not: kept so that export gives back every byte that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Original:
    """The source of a persona.

    format:  name of the format it was read in ("yaml", "card_v3" …; see `formats.FORMATS`).
    tree:    the JSON tree as read, unknown keys and key order included (None for plain text formats).
    text:    the file's text where comments and layout matter (native YAML, profile text).
    carrier: the container around the tree: PNG chunks or archive members, in file order.
    digest:  SHA-256 of the file's bytes, hex.
    notes:   what was odd about the file and how it was read nevertheless, one line each.
    """

    format: str
    tree: Mapping[str, Any] | None = None
    text: str | None = None
    carrier: Any = field(default=None, repr=False)
    digest: str = ""
    notes: tuple[str, ...] = ()
