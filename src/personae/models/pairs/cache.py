"""Pairs judged once: in memory up to a bound, and in an SQLite file where one is named.

A key is a hash of the question (NLI, or relevance to a reply or a query), the two texts, and the scorer's name and
provenance, so that another scorer or other weights never answer from here. Rows are in the file before the caller sees
them: a killed process loses none and tears none.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from personae.errors import UsageError
from personae.models._store import Store
from personae.models.cache import CacheStats
from personae.models.pairs.checks import check_pairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import PairScorer, Side

FORMAT = 1
_APPLICATION = 0x50455250  # "PERP", so that another program's database is not written into
_ASKED_AT_ONCE = 500
_TABLE = "CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID"

Ask = Callable[[Sequence[str], Sequence[str]], Awaitable[Any]]


class CachedPairs:
    """A pair scorer that is asked each pair once. `name` and `provenance` are the scorer's.

    path:   the SQLite file; None keeps rows in memory only. Safe with many tasks and many processes.
    memory: how many rows are kept in memory, the latest used of them; about 300 bytes each.

    `stats` counts pairs, not calls. Equal pairs within one call are asked once. What a scorer could answer before it
    raised `PairsUnanswered` is kept too. Raises `FormatError` for a file that is damaged or no cache of pairs.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = CachedPairs(ScriptedPairs({("No pets here.", "I own a dog."): (0.9, 0.1, 0.0)}))
    >>> for _ in range(2):
    ...     rows = asyncio.run(scorer.score(["No pets here."], ["I own a dog."]))
    >>> scorer.stats
    CacheStats(hits=1, misses=1)
    """

    def __init__(self, scorer: PairScorer, path: Path | str | None = None, *, memory: int = 100_000) -> None:
        if memory < 0:
            raise UsageError(f"a cache cannot keep {memory!r} rows in memory; give 0 or more")
        self.scorer = scorer
        self.path = Path(path) if path is not None else None
        self.memory = memory
        self.stats = CacheStats()
        self._lock = threading.Lock()
        self._rows: OrderedDict[bytes, bytes] = OrderedDict()
        self._store = Store(self.path, _APPLICATION, _TABLE) if self.path is not None else None

    @property
    def name(self) -> str:
        """The wrapped scorer's name."""
        return self.scorer.name

    @property
    def provenance(self) -> Mapping[str, str]:
        """The wrapped scorer's provenance."""
        return self.scorer.provenance

    def __getattr__(self, attribute: str) -> Any:
        """What the scorer cannot read, where it says so."""
        if attribute == "unread":
            return getattr(self.scorer, attribute)
        raise AttributeError(f"{type(self).__name__!r} has no attribute {attribute!r}")

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """The remembered rows, or the scorer's."""
        return (await self._answer("nli", 3, premises, hypotheses, self.scorer.score)).reshape(-1, 3)

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """The remembered relevances, or the scorer's; those to replies and to queries are kept apart."""

        async def ask(first: Sequence[str], second: Sequence[str]) -> Any:
            return await self.scorer.relevance(first, second, to=to)

        return (await self._answer(to, 1, statements, texts, ask)).reshape(-1)

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()

    async def _answer(self, kind: str, width: int, first: Sequence[str], second: Sequence[str], ask: Ask) -> Any:
        """float32 of shape (pairs, width), asking the scorer for the pairs nobody knows, each once."""
        import numpy as np

        check_pairs(first, second)
        keys = self._keys(kind, first, second)
        known = self._read(keys, 4 * width)
        new = {key: place for place, key in reversed(list(enumerate(keys))) if key not in known}
        places = sorted(new.values())
        self.stats.misses += len(places)
        self.stats.hits += len(keys) - len(places)
        reasons: dict[bytes, str] = {}
        said = ""
        if places:
            try:
                rows = await ask([first[place] for place in places], [second[place] for place in places])
            except PairsUnanswered as error:
                rows, said = error.rows, str(error)
                reasons = {keys[places[at]]: reason for at, reason in error.reasons.items()}
            packed = np.ascontiguousarray(rows, dtype="<f4").reshape(len(places), width)
            fresh = {keys[place]: packed[at].tobytes() for at, place in enumerate(places)}
            self._write({key: value for key, value in fresh.items() if key not in reasons})
            known |= fresh
        table = np.frombuffer(b"".join(known[key] for key in keys), dtype="<f4").reshape(len(keys), width)
        answer = table.astype(np.float32)
        if reasons:
            where = {place: reasons[key] for place, key in enumerate(keys) if key in reasons}
            raise PairsUnanswered(said, answer if width > 1 else answer.reshape(-1), where)
        return answer

    def _keys(self, kind: str, first: Sequence[str], second: Sequence[str]) -> list[bytes]:
        who = [FORMAT, kind, self.scorer.name, sorted(self.scorer.provenance.items())]
        return [_digest([*who, one, other]) for one, other in zip(first, second, strict=True)]

    def _read(self, keys: Sequence[bytes], length: int) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        with self._lock:
            for key in keys:
                if key in self._rows:
                    self._rows.move_to_end(key)
                    found[key] = self._rows[key]
        if self._store is not None:
            missing = [key for key in dict.fromkeys(keys) if key not in found]
            for start in range(0, len(missing), _ASKED_AT_ONCE):
                some = missing[start : start + _ASKED_AT_ONCE]
                question = f"SELECT key, numbers FROM pairs WHERE key IN ({','.join('?' * len(some))})"
                stored = {key: numbers for key, numbers in self._store.rows(question, some) if len(numbers) == length}
                found |= stored
                self._remember(stored)
        return found

    def _write(self, rows: Mapping[bytes, bytes]) -> None:
        self._remember(rows)
        if self._store is not None and rows:
            self._store.write("INSERT OR REPLACE INTO pairs VALUES (?, ?)", rows.items())

    def _remember(self, rows: Mapping[bytes, bytes]) -> None:
        with self._lock:
            self._rows.update(rows)
            while len(self._rows) > self.memory:
                self._rows.popitem(last=False)


def _digest(question: Sequence[object]) -> bytes:
    canonical = json.dumps(question, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).digest()
