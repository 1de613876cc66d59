"""Forgetting: turns, their words, their vectors, and what was derived from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from personae.memory.store.database import Session
from personae.memory.store.rows import marks

#: Rows that are removed by one statement.
CHUNK = 500


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
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        counted = f"SELECT word, count(*) FROM entries WHERE scope = ? AND turn IN ({marks(part)}) GROUP BY word"
        fewer = [(number, scope, word) for word, number in session.run(counted, [scope, *part])]
        session.run_many("UPDATE vocabulary SET turns = turns - ? WHERE scope = ? AND word = ?", fewer)
        session.run(f"DELETE FROM entries WHERE scope = ? AND turn IN ({marks(part)})", [scope, *part])
        session.run(f"DELETE FROM vectors WHERE turn IN ({marks(part)})", part)
        session.run(f"DELETE FROM turns WHERE key IN ({marks(part)})", part)
    session.run("DELETE FROM vocabulary WHERE scope = ? AND turns <= 0", [scope])
    if not session.run("SELECT 1 FROM turns WHERE scope = ? LIMIT 1", [scope]):
        remove_scopes(session, [scope])


def remove_scopes(session: Session, keys: Sequence[int]) -> int:
    """Remove whole conversations; how many turns they held."""
    number = 0
    for key in keys:
        number += session.run("SELECT count(*) FROM turns WHERE scope = ?", [key])[0][0]
        for table in ("entries", "vocabulary", "vectors", "turns"):
            session.run(f"DELETE FROM {table} WHERE scope = ?", [key])
        session.run("DELETE FROM scopes WHERE key = ?", [key])
    return number
