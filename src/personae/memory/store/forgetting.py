"""Forgetting: turns, their words, their vectors, and what was derived from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from personae.memory.store import index
from personae.memory.store.database import Session
from personae.memory.store.rows import COLUMNS, JOINED, chunks, marks, turn_of


def derived_from(session: Session, scope: int, gone: Collection[str]) -> dict[str, int]:
    """Ids and keys of what was made of these turns, or of what was made of them, in the order it was kept.

    One source gone is enough: what is left might tell what it said.
    """
    made = "SELECT id, key, sources FROM turns WHERE scope = ? AND sources <> '[]' ORDER BY key"
    lost, found = set(gone), {}
    for named, key, sources in session.run(made, [scope]):  # a source is kept before what it is a source of
        if named not in lost and lost.intersection(json.loads(sources)):
            lost.add(named)
            found[named] = int(key)
    return found


def remove_turns(session: Session, scope: int, keys: Sequence[int]) -> None:
    """Remove these turns of one conversation, and the conversation's name with the last of them."""
    for some in chunks(keys):
        rows = session.run(f"SELECT t.key, t.words, {COLUMNS} FROM {JOINED} WHERE t.key IN ({marks(some)})", some)
        index.remove(session, scope, {key: turn_of(row) for key, _, *row in rows}, sum(row[1] for row in rows))
        session.run(f"DELETE FROM vectors WHERE turn IN ({marks(some)})", some)
        session.run(f"DELETE FROM turns WHERE key IN ({marks(some)})", some)
    if session.run("SELECT turns FROM scopes WHERE key = ?", [scope]) == [(0,)]:
        remove_scopes(session, [scope])


def remove_scopes(session: Session, keys: Sequence[int]) -> int:
    """Remove whole conversations; how many turns they held."""
    number = 0
    for key in keys:
        number += session.run("SELECT turns FROM scopes WHERE key = ?", [key])[0][0]
        for table in ("entries", "vectors", "turns"):
            session.run(f"DELETE FROM {table} WHERE scope = ?", [key])
        session.run("DELETE FROM scopes WHERE key = ?", [key])
    return number
