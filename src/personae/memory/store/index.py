"""The words of turns as they lie in a database: per scope and word, blocks of packed entries.

An entry is three numbers: a turn's key, how often the word stands in it, how long it is. A block holds them in the
order they were kept; block 0 is the last one, which still grows, a full one is named by its first turn. So a word of
every second turn is some hundred rows and not some ten thousand, and keeping a turn rewrites one small row a word.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from personae.memory.store.database import Session
from personae.memory.store.rows import CHUNK, COLUMNS, JOINED, chunks, marks, turn_of
from personae.memory.store.words import Entries, counted
from personae.memory.turns import Turn

#: Entries in a full block, and bytes of one entry: small enough to lie in a row, on either database.
FULL, ENTRY = 128, 12
#: So many entries are gathered before they are written, some 20 MB.
MANY = 100_000
GROW_SCOPE = "UPDATE scopes SET turns = turns + ?, words = words + ? WHERE key = ?"


class Unwritten:
    """Entries of turns that are being kept: those of many turns are written together, for a word is in many of them."""

    def __init__(self) -> None:
        self._entries: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._lengths: dict[int, list[int]] = defaultdict(list)
        self._number = 0

    def add(self, key: int, scope: int, turn: Turn) -> int:
        """Index a turn of a later key than all before; how many words it has."""
        words = counted(turn)
        length = words.total()
        self._lengths[scope].append(length)
        for word, times in words.items():
            self._entries[scope][word] += (key, times, length)
        self._number += len(words)
        return length

    def write(self, session: Session, *, least: int = 0) -> bool:
        """Write what was added, if these are `least` entries. Were they?"""
        if self._number < least:
            return False
        for scope, entries in self._entries.items():
            _append(session, scope, entries)
        session.run_many(GROW_SCOPE, [(len(some), sum(some), scope) for scope, some in self._lengths.items()])
        self._entries.clear()
        self._lengths.clear()
        self._number = 0
        return True


def _append(session: Session, scope: int, entries: Mapping[str, Sequence[int]]) -> None:
    for words in chunks(sorted(entries)):
        growing = f"FROM entries WHERE scope = ? AND block = 0 AND word IN ({marks(words)})"
        held = dict(session.run(f"SELECT word, packed {growing}", [scope, *words]))
        session.run(f"DELETE {growing}", [scope, *words])  # one statement and one COPY, not an update a word
        rows = []
        for word in words:
            packed = held.get(word, b"") + struct.pack(f"<{len(entries[word])}I", *entries[word])
            while len(packed) > FULL * ENTRY:
                rows.append((scope, word, struct.unpack_from("<I", packed)[0], packed[: FULL * ENTRY]))
                packed = packed[FULL * ENTRY :]
            rows.append((scope, word, 0, packed))
        session.insert("entries", rows)


def read(session: Session, inside: str, values: Sequence[Any], words: Collection[str]) -> dict[str, Entries]:
    """The entries of these words in some scopes (a condition and its values), in the order of the turns' keys."""
    blocks: dict[str, list[bytes]] = defaultdict(list)
    for some in chunks(words):
        sql = f"SELECT word, packed FROM entries WHERE {inside} AND word IN ({marks(some)})"
        for word, packed in session.run(sql, [*values, *some]):
            blocks[word].append(packed)
    found = {}
    for word in (word for word in words if word in blocks):
        rows = _unpacked(b"".join(blocks[word]))
        found[word] = Entries(*rows[np.argsort(rows[:, 0], kind="stable")].T)
    return found


def spread(session: Session, inside: str, values: Sequence[Any]) -> list[tuple[int, int]]:
    """In how many turns of some scopes a word stands, and how many words stand in so many, the rarest first."""
    held = f"SELECT sum(length(packed)) AS held FROM entries WHERE {inside} GROUP BY word"
    sql = f"SELECT held, count(*) FROM ({held}) AS spread GROUP BY held ORDER BY held"
    return [(int(size) // ENTRY, int(number)) for size, number in session.run(sql, values)]


def remove(session: Session, scope: int, turns: Mapping[int, Turn], length: int) -> None:
    """Take turns of one scope out of the index; `length` is how long all of them were when they were indexed."""
    words = sorted({word for turn in turns.values() for word in counted(turn)})
    gone = np.array(sorted(turns), dtype=np.int64)
    taken = sum(_take(session, scope, gone, f"AND word IN ({marks(some)})", some) for some in chunks(words))
    if taken < length:  # the words of a text were other ones under another version
        taken += _take(session, scope, gone, "", [])
    session.run_many(GROW_SCOPE, [(-len(turns), -length, scope)])


def _take(session: Session, scope: int, gone: Any, where: str, words: Sequence[str]) -> int:
    """Take turns out of the entries of some words; how many words of theirs these were."""
    taken, empty, smaller = 0, [], []
    sql = f"SELECT word, block, packed FROM entries WHERE scope = ? {where}"
    for word, block, packed in session.run(sql, [scope, *words]):
        rows = _unpacked(packed)
        lost = np.isin(rows[:, 0], gone)
        if lost.all():
            empty.append((scope, word, block))
        elif lost.any():
            smaller.append((rows[~lost].astype("<u4").tobytes(), scope, word, block))
        taken += int(rows[lost, 1].sum())
    session.run_many("DELETE FROM entries WHERE scope = ? AND word = ? AND block = ?", empty)
    session.run_many("UPDATE entries SET packed = ? WHERE scope = ? AND word = ? AND block = ?", smaller)
    return taken


def rebuild(session: Session) -> None:
    """Index all turns of an empty index, as where an older layout had another one."""
    start, unwritten = 0, Unwritten()
    page = f"SELECT t.key, t.scope, {COLUMNS} FROM {JOINED} WHERE t.key >= ? ORDER BY t.key LIMIT {CHUNK}"
    while rows := session.run(page, [start]):
        lengths = [(unwritten.add(key, scope, turn_of(row)), key) for key, scope, *row in rows]
        session.run_many("UPDATE turns SET words = ? WHERE key = ?", lengths)
        unwritten.write(session, least=MANY)
        start = rows[-1][0] + 1
    unwritten.write(session)


def _unpacked(packed: bytes) -> Any:
    return np.frombuffer(packed, "<u4").reshape(-1, 3).astype(np.int64)
