"""BFI-44: the scoring key only. Its sentences may be used for non-commercial research, so a user may register them.

A registered file is held against the key: that item 44 counts for openness and not against it is a fact some released
code gets wrong.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from personae.errors import FormatError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.shapes import read_instrument


@cache
def key() -> Instrument:
    """Items "1" … "44" with domain and key, without sentences."""
    with as_file(files(__package__).joinpath("bfi44.yaml")) as path:
        return read_instrument(path)


def registered(path: Path) -> Instrument:
    """A user's file with the sentences. Raises `FormatError` that names the first item keyed otherwise than the key."""
    theirs, ours = read_instrument(path), key()
    found = {item.id: item for item in theirs.items}
    for item in ours.items:
        if item.id not in found:
            raise FormatError(f"{str(path)!r} has no item {item.id!r} of the BFI-44")
        other = found[item.id]
        if (other.domain, other.key) != (item.domain, item.key):
            raise FormatError(
                f"{str(path)!r}: item {item.id!r} counts {other.key:+d} for {other.domain!r} there; "
                f"the key of the BFI-44 says {item.key:+d} for {item.domain!r}"
            )
    if len(found) > len(ours.items):
        extra = next(id for id in found if id not in {item.id for item in ours.items})
        raise FormatError(f"{str(path)!r} has an item {extra!r}; the BFI-44 has the items '1' to '44'")
    return theirs
