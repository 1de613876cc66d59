"""Which store an address means."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.memory.store.roles import Store


def open_store(address: Path | str) -> Store:
    """The store at an address: `postgresql://…` is Postgres, ":memory:" lasts as long as it is open, else it is a file.

    Raises UsageError for an address of another kind, StoreError where it cannot be opened, FormatError for a file that
    is something else, MissingExtra without numpy, or where Postgres is asked for but its driver is not installed.

    >>> from personae.memory.turns import Scope, Turn
    >>> store = open_store(":memory:")
    >>> here = Scope("keeper", "ines", "harbour")
    >>> store.keep([Turn("D1:1", here, "1", "Ines", "I sold the old boat."), Turn("D1:2", here, "1", "Keeper", "Oh?")])
    2
    >>> [(found.turn.id, round(found.score, 2)) for found in store.search_words("a boat?", here)]
    [('D1:1', 0.0)]
    """
    if find_spec("numpy") is None:
        raise MissingExtra("memory", "numpy")
    text = str(address)
    if isinstance(address, str) and text.startswith(("postgresql://", "postgres://")):
        from personae.memory.store.postgres import open_postgres

        return open_postgres(text)
    if isinstance(address, str) and "://" in text:
        raise UsageError(f"{text.split('://')[0]!r} is no kind of store; give a path, or postgresql://…")
    if not text.strip():
        raise UsageError("the address of the store is empty; give a path, or postgresql://…")
    from personae.memory.store.sqlite import open_sqlite

    return open_sqlite(address)
