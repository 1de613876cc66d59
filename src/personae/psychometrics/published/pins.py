"""Checksums of published material: one for the whole set, and four hexadecimal digits per item that name what differs.

A set is a mapping from item id to the line that stands for it; the checksum is SHA-256 of the lines joined by line
ends, in the order of the mapping. `pins.json` holds both; `scripts/pin_instruments.py` writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

from personae.errors import FormatError

#: Hexadecimal digits kept per item: enough to name the item, while the whole set decides.
DIGITS = 4


class Pin(TypedDict):
    """What is known of a set."""

    sha256: str
    items: str


@cache
def pins() -> dict[str, Pin]:
    """Every pinned set by name."""
    known: dict[str, Pin] = json.loads(files(__package__).joinpath("pins.json").read_text("utf-8"))
    return known


def pin(lines: Mapping[str, str]) -> Pin:
    """The checksum of a set, and the first digits of each line's.

    >>> pin({"1": "a"})["items"]
    'ca97'
    """
    return {"sha256": _sha256("\n".join(lines.values())), "items": "".join(map(_short, lines.values()))}


def verify(name: str, lines: Mapping[str, str], path: Path | str) -> None:
    """Nothing, where the lines are those published under that name.

    Raises `FormatError` that names the first differing item, or says how many items there should be.
    """
    known, found = pins()[name], pin(lines)
    if found["sha256"] == known["sha256"]:
        return
    wanted = len(known["items"]) // DIGITS
    if len(lines) != wanted:
        what = f"it holds {len(lines)} items instead of {wanted}"
    else:
        what = f"item {_differs(lines, known)!r} differs"
    raise FormatError(
        f"{str(path)!r} is not the published {name}: {what} "
        f"(checksum {found['sha256'][:12]}, not {known['sha256'][:12]}); "
        "get the original, or register yours under a name of its own"
    )


def _differs(lines: Mapping[str, str], known: Pin) -> str:
    for place, (id, line) in enumerate(lines.items()):
        if _short(line) != known["items"][DIGITS * place : DIGITS * (place + 1)]:
            return id
    return next(iter(lines))  # one chance in 65,536


def _short(line: str) -> str:
    return _sha256(line)[:DIGITS]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
