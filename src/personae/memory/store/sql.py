"""A store on any SQL database. All it does is here, so that SQLite and Postgres cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.memory.store.database import Database, Session
from personae.memory.store.forgetting import derived_from, remove_scopes, remove_turns
from personae.memory.store.roles import EVERY, Forgotten, Found, Kept, Only
from personae.memory.store.rows import COLUMNS, JOINED, marks, of_scope, only_those, turn_of, values_of, within
from personae.memory.store.vectors import cosines, one_vector, paired, same_length
from personae.memory.store.words import Entries, counted, idf, index_words, okapi
from personae.memory.turns import Scope, Turn

#: Rows that are read or written at a time.
CHUNK = 500
#: So many more than asked for are taken from the database's own ranking, whose cosines are only nearly exact.
SPARE = 32
#: So many more turns hold a word.
MORE = """INSERT INTO vocabulary VALUES (?, ?, ?)
    ON CONFLICT (scope, word) DO UPDATE SET turns = vocabulary.turns + excluded.turns"""


class SqlStore:
    """The role `Store` (see its docstrings) on a `Database`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(self, turns: Iterable[Turn], vectors: Any = None) -> int:
        """Keep turns, all or none."""
        return self.keep_records(paired(turns, vectors))

    def keep_records(self, records: Iterable[Kept]) -> int:
        """Keep turns that carry their vectors, all or none."""
        number = 0
        with self.database.writing() as session:
            for chunk in _chunks(records):
                self._keep(session, chunk)
                number += len(chunk)
        return number

    def turns(self, scope: Scope, only: Only = EVERY, *, newest: int | None = None) -> Iterator[Turn]:
        """Turns in the order they were kept."""
        condition, values = _among(scope, only)
        start = 0
        if newest is not None:
            _positive(newest=newest)
            last = f"SELECT t.key FROM turns t WHERE {condition} ORDER BY t.key DESC LIMIT 1 OFFSET ?"
            with self.database.reading() as session:
                start = next((key for (key,) in session.run(last, [*values, newest - 1])), 0)
        page = f"SELECT t.key, {COLUMNS} FROM {JOINED} WHERE {condition} AND t.key >= ? ORDER BY t.key LIMIT {CHUNK}"
        return (turn_of(row) for _, *row in self._paged(page, values, start))

    def records(self, scope: Scope | None = None) -> Iterator[Kept]:
        """Turns with their vectors."""
        condition, values = within(scope, "t.scope")
        tables = f"{JOINED} LEFT JOIN vectors v ON v.turn = t.key"
        page = (
            f"SELECT t.key, v.vector, {COLUMNS} FROM {tables} "
            f"WHERE {condition} AND t.key >= ? ORDER BY t.key LIMIT {CHUNK}"
        )
        for _, vector, *row in self._paged(page, values, 0):
            yield Kept(turn_of(row), None if vector is None else self.database.unpack(vector))

    def search_words(self, query: str, scope: Scope, *, k: int = 10, only: Only = EVERY) -> list[Found]:
        """The best k by words."""
        _positive(k=k)
        if not query.strip():
            raise UsageError("the query is empty; say what to search for")
        asked = Counter(index_words(query))
        with self.database.reading() as session:
            keys, scores = _okapi(session, scope, asked)
            best: list[Found] = []
            for start in range(0, len(keys), CHUNK):
                near = keys[start : start + CHUNK].tolist()
                held = _turns_at(session, near, only)
                scored = zip(near, scores[start : start + CHUNK].tolist(), strict=True)
                best += [Found(held[key], score) for key, score in scored if key in held]
                if len(best) >= k:
                    break
        return best[:k]

    def search_vector(self, vector: Any, scope: Scope, *, k: int = 10, only: Only = EVERY) -> list[Found]:
        """The nearest k by cosine."""
        _positive(k=k)
        asked = one_vector(vector)
        inside, values = within(scope, "v.scope")
        condition, more = only_those(only)
        with self.database.reading() as session:
            self._same_length(session, [asked])
            where = f"{inside} AND {condition}"
            near = self.database.nearest(session, asked, where, [*values, *more], k + SPARE)
            vectors = self._vectors_at(session, near)
            scores = dict(zip(near, cosines(asked, [vectors[key] for key in near]).tolist(), strict=True))
            best = sorted(near, key=lambda key: (-scores[key], key))[:k]
            held = _turns_at(session, best, EVERY)
        return [Found(held[key], scores[key]) for key in best]

    def forget(self, scope: Scope, ids: Collection[str] | None = None) -> Forgotten:
        """Remove a scope, or some turns of a conversation."""
        condition, values = of_scope(scope)
        if ids is None:
            return self._forget_scopes(condition, values, f"{scope} holds nothing")
        if isinstance(ids, str) or not ids or scope.conversation is None:
            raise UsageError(f"ids {ids!r} in {scope}; give a list of ids and the conversation they belong to")
        with self.database.writing() as session:
            rows = session.run(f"SELECT key FROM scopes WHERE {condition}", values)
            whole = rows[0][0] if rows else -1
            keys = _keys_of(session, whole, ids)
            if missing := sorted(set(ids) - set(keys)):
                raise UsageError(f"{scope} holds no turn {missing[0]!r}; nothing was forgotten")
            derived = derived_from(session, whole, set(keys))
            self.database.before_forgetting(session)
            remove_turns(session, whole, [*keys.values(), *derived.values()])
        return Forgotten(len(keys), tuple(derived), self.database.after_forgetting())

    def forget_user(self, user: str) -> Forgotten:
        """Remove a user from all agents' memories."""
        return self._forget_scopes("owner = ?", [user], f"nothing is kept of the user {user!r}")

    def erase(self) -> bool:
        """Write the files anew."""
        return self.database.erase()

    def scopes(self, *, agent: str | None = None, user: str | None = None) -> list[Scope]:
        """The conversations that hold turns."""
        named = [(f"{column} = ?", value) for column, value in (("agent", agent), ("owner", user)) if value is not None]
        condition = " AND ".join(test for test, _ in named) or "1 = 1"
        with self.database.reading() as session:
            sql = f"SELECT agent, owner, conversation FROM scopes WHERE {condition}"
            return [Scope(*row) for row in sorted(session.run(sql, [value for _, value in named]))]

    def count(self, scope: Scope | None = None) -> int:
        """How many turns."""
        condition, values = within(scope, "t.scope")
        with self.database.reading() as session:
            return int(session.run(f"SELECT count(*) FROM turns t WHERE {condition}", values)[0][0])

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _keep(self, session: Session, chunk: Sequence[Kept]) -> None:
        vectors = [record.vector for record in chunk if record.vector is not None]
        self._same_length(session, vectors)
        _unknown(session, chunk)
        scopes = {scope: _scope_key(session, scope) for scope in {record.turn.scope for record in chunk}}
        first = session.run("SELECT coalesce(max(key), 0) + 1 FROM turns")[0][0]
        turns, entries, packed = [], [], []
        for key, record in enumerate(chunk, first):
            scope, words = scopes[record.turn.scope], counted(record.turn)
            length = words.total()
            turns.append(values_of(record.turn, key, scope, length))
            entries += [(scope, word, key, times, length) for word, times in words.items()]
            if record.vector is not None:
                packed.append((key, scope, self.database.pack(record.vector)))
        session.insert("turns", turns)
        session.insert("entries", sorted(entries))
        session.insert("vectors", packed)
        held = Counter((scope, word) for scope, word, *_ in entries)
        session.run_many(MORE, [(scope, word, number) for (scope, word), number in sorted(held.items())])

    def _same_length(self, session: Session, vectors: Sequence[Any]) -> None:
        held = session.run("SELECT vector FROM vectors LIMIT 1") if vectors else []
        length = len(self.database.unpack(held[0][0])) if held else len(vectors[0]) if vectors else 0
        for vector in vectors:
            same_length(len(vector), length)

    def _vectors_at(self, session: Session, keys: Sequence[int]) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for part in _chunks(keys):
            rows = session.run(f"SELECT turn, vector FROM vectors WHERE turn IN ({marks(part)})", part)
            found |= {key: self.database.unpack(raw) for key, raw in rows}
        return found

    def _paged(self, sql: str, values: Sequence[Any], start: int) -> Iterator[tuple[Any, ...]]:
        while True:
            with self.database.reading() as session:
                rows = session.run(sql, [*values, start])
            yield from rows
            if len(rows) < CHUNK:
                return
            start = rows[-1][0] + 1

    def _forget_scopes(self, condition: str, values: Sequence[Any], otherwise: str) -> Forgotten:
        with self.database.writing() as session:
            keys = [key for (key,) in session.run(f"SELECT key FROM scopes WHERE {condition}", values)]
            if not keys:
                raise UsageError(f"{otherwise}; see `scopes()` for what is kept")
            self.database.before_forgetting(session)
            number = remove_scopes(session, keys)
        return Forgotten(number, (), self.database.after_forgetting())


def _okapi(session: Session, scope: Scope, asked: Counter[str]) -> tuple[Any, Any]:
    inside, values = within(scope, "scope")
    size, words = session.run(f"SELECT count(*), coalesce(sum(words), 0) FROM turns WHERE {inside}", values)[0]
    entries: dict[str, Entries] = {}
    for word in asked:
        sql = f"SELECT turn, times, words FROM entries WHERE {inside} AND word = ?"
        rows = np.array(session.run(sql, [*values, word]), dtype=np.int64).reshape(-1, 3)
        if len(rows):
            entries[word] = Entries(*rows[np.argsort(rows[:, 0])].T)

    def mean_idf() -> float:
        held = f"SELECT sum(turns) AS held FROM vocabulary WHERE {inside} GROUP BY word"
        spread = session.run(f"SELECT held, count(*) FROM ({held}) AS spread GROUP BY held ORDER BY held", values)
        total = sum(number * idf(size, int(held)) for held, number in spread)
        return float(total / sum(number for _, number in spread))

    return okapi(asked, entries, int(size), int(words), mean_idf)


def _unknown(session: Session, chunk: Sequence[Kept]) -> None:
    """Raises UsageError for an id that is kept already, or a source that is not."""
    known: dict[Scope, set[str]] = {}
    for scope in {record.turn.scope for record in chunk}:
        turns = [record.turn for record in chunk if record.turn.scope == scope]
        wanted = {named for turn in turns for named in (turn.id, *turn.sources)}
        condition, values = of_scope(scope)
        rows = session.run(f"SELECT key FROM scopes WHERE {condition}", values)
        known[scope] = set(_keys_of(session, rows[0][0], wanted)) if rows else set()
    for turn in (record.turn for record in chunk):
        held = known[turn.scope]
        if turn.id in held:
            raise UsageError(f"{turn.scope} already holds a turn {turn.id!r}; nothing was kept")
        if lacking := [source for source in turn.sources if source not in held]:
            raise UsageError(f"turn {turn.id!r} names the source {lacking[0]!r}, which is not kept; nothing was kept")
        held.add(turn.id)


def _keys_of(session: Session, scope: int, ids: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _chunks(sorted(set(ids))):
        found |= dict(
            session.run(f"SELECT id, key FROM turns WHERE scope = ? AND id IN ({marks(part)})", [scope, *part])
        )
    return found


def _turns_at(session: Session, keys: Sequence[int], only: Only) -> dict[int, Turn]:
    condition, values = only_those(only)
    found: dict[int, Turn] = {}
    for part in _chunks(keys):
        sql = f"SELECT t.key, {COLUMNS} FROM {JOINED} WHERE t.key IN ({marks(part)}) AND {condition}"
        found |= {key: turn_of(row) for key, *row in session.run(sql, [*part, *values])}
    return found


def _scope_key(session: Session, scope: Scope) -> int:
    condition, values = of_scope(scope)
    known = session.run(f"SELECT key FROM scopes WHERE {condition}", values)
    if known:
        return int(known[0][0])
    key = int(session.run("SELECT coalesce(max(key), 0) + 1 FROM scopes")[0][0])
    session.insert("scopes", [(key, *values)])
    return key


def _among(scope: Scope, only: Only) -> tuple[str, list[Any]]:
    inside, values = within(scope, "t.scope")
    condition, more = only_those(only)
    return f"{inside} AND {condition}", values + more


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    for first in rest:
        yield list(chain([first], islice(rest, CHUNK - 1)))


def _positive(**numbers: int) -> None:
    for what, number in numbers.items():
        if number < 1:
            raise UsageError(f"{what} is {number!r}; give at least 1")
