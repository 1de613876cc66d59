"""A store on any SQL database. All it does is here, so that SQLite and Postgres cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.memory.store import documents as texts
from personae.memory.store import index
from personae.memory.store.database import Database, Session
from personae.memory.store.forgetting import derived_from, remove_scopes, remove_turns
from personae.memory.store.roles import EVERY, Document, Forgotten, Found, Kept, Only
from personae.memory.store.rows import (
    CHUNK,
    COLUMNS,
    JOINED,
    chunks,
    marks,
    of_scope,
    only_those,
    turn_of,
    values_of,
    within,
)
from personae.memory.store.vectors import cosines, one_vector, paired, same_length
from personae.memory.store.words import best, idf, index_words, okapi
from personae.memory.turns import Scope, Turn

#: So many more than asked for are taken from the database's own ranking, whose cosines are only nearly exact.
SPARE = 32


class SqlStore:
    """The role `Store` (see its docstrings) on a `Database`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around several."""
        with self.database.writing():
            yield

    def keep(self, turns: Iterable[Turn], vectors: Any = None) -> int:
        """Keep turns, all or none."""
        return self.keep_records(paired(turns, vectors))

    def keep_records(self, records: Iterable[Kept | Document]) -> int:
        """Keep turns that carry their vectors, and documents, all or none."""
        number, unwritten = 0, index.Unwritten()
        with self.database.writing() as session:
            for chunk in chunks(records):
                turns = [record for record in chunk if isinstance(record, Kept)]
                self._keep(session, turns, unwritten)
                if unwritten.write(session, least=index.MANY):
                    self.database.after_growing(session)
                texts.write_new(session, (record for record in chunk if isinstance(record, Document)))
                number += len(turns)
            unwritten.write(session)
        return number

    def give_vectors(self, turns: Sequence[Turn], vectors: Any) -> int:
        """Vectors for turns that were kept without."""
        number = 0
        with self.database.writing() as session:
            for chunk in chunks(paired(turns, vectors)):
                self._same_length(session, [record.vector for record in chunk])
                lacking = _lacking(session, [record.turn for record in chunk])
                packed = {record.turn: self.database.pack(record.vector) for record in chunk}
                session.insert("vectors", [(key, scope, packed[turn]) for key, scope, turn in lacking])
                number += len(lacking)
        return number

    def without_vectors(self, scope: Scope, *, newest: int) -> list[Turn]:
        """The newest turns that have no vector."""
        _positive(newest=newest)
        inside, values = within(scope, "scope")
        without = f"SELECT key FROM turns WHERE {inside} EXCEPT SELECT turn FROM vectors WHERE {inside}"
        with self.database.reading() as session:
            if session.run(f"SELECT count(*) FROM vectors WHERE {inside}", values) == [(self.count(scope),)]:
                return []
            keys = session.run(f"{without} ORDER BY 1 DESC LIMIT ?", [*values, *values, newest])
            found = _turns_at(session, [key for (key,) in keys], EVERY)
        return [found[key] for key in sorted(found)]

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

    def records(self, scope: Scope | None = None, only: Only = EVERY) -> Iterator[Kept]:
        """Turns with their vectors."""
        condition, values = _among(scope, only)
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
            found: list[Found] = []
            for number in (k if only == EVERY else k + CHUNK, len(keys)):  # seldom are all of them read
                found = _first(session, keys, scores, best(scores, number), k, only)
                if len(found) == k:
                    break
        return found

    def search_vector(self, vector: Any, scope: Scope, *, k: int = 10, only: Only = EVERY) -> list[Found]:
        """The nearest k by cosine."""
        _positive(k=k)
        asked = one_vector(vector)
        inside, values = within(scope, "v.scope")
        condition, more = only_those(only)
        with self.database.reading() as session:
            self._same_length(session, [asked])
            turns = "" if only == EVERY else "JOIN turns t ON t.key = v.turn"
            among = f"FROM vectors v {turns} WHERE {inside} AND {condition}"
            near = self.database.nearest(session, asked, among, [*values, *more], k + SPARE)
            vectors = self._vectors_at(session, near)
            scores = dict(zip(near, cosines(asked, [vectors[key] for key in near]).tolist(), strict=True))
            nearest = sorted(near, key=lambda key: (-scores[key], key))[:k]
            held = _turns_at(session, nearest, EVERY)
        return [Found(held[key], scores[key]) for key in nearest]

    def embedded_by(self, name: str) -> None:
        """Say whose vectors these are."""
        with self.database.writing() as session:
            texts.note_embedder(session, name)

    def embedder(self) -> str | None:
        """Whose vectors these are."""
        with self.database.reading() as session:
            return texts.noted(session, texts.EMBEDDER)

    def write_document(self, scope: Scope, name: str, text: str, *, since: int | None = None) -> bool:
        """Keep a text made of turns."""
        document = Document(scope, name, text)
        with self.database.writing() as session:
            fresh = since is None or since == texts.forgettings(session)
            if fresh:
                texts.write(session, document)
        return fresh

    def update_document(self, scope: Scope, name: str, change: Callable[[str | None], str]) -> str:
        """Write what is made of the text so far."""
        with self.database.writing() as session:
            document = Document(scope, name, change(texts.read(session, scope, name)))
            texts.write(session, document)
        return document.text

    def read_document(self, scope: Scope, name: str) -> str | None:
        """The text kept under a name."""
        with self.database.reading() as session:
            return texts.read(session, scope, name)

    def documents(self, scope: Scope | None = None) -> Iterator[Document]:
        """Documents in the order they were first written."""
        condition, values = ("1 = 1", []) if scope is None else of_scope(scope)
        if scope is not None and scope.conversation is not None:
            return
        page = (
            f"SELECT key, agent, owner, name, text FROM documents WHERE {condition} AND key >= ? ORDER BY key LIMIT 1"
        )
        for _, agent, user, name, text in self._paged(page, values, 0, size=1):
            yield Document(Scope(agent, user), name, text)

    def forgettings(self) -> int:
        """How often something was forgotten."""
        with self.database.reading() as session:
            return texts.forgettings(session)

    def forget(self, scope: Scope, ids: Collection[str] | None = None, *, erase: bool = True) -> Forgotten:
        """Remove a scope, or some turns of a conversation."""
        condition, values = of_scope(scope)
        whose = of_scope(Scope(scope.agent, scope.user))
        if ids is None:
            return self._forget_scopes((condition, values), whose, f"{scope} holds nothing", erase)
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
            names = texts.remove(session, *whose)
        return Forgotten(len(keys), tuple(derived), erase and self.database.after_forgetting(), names)

    def forget_user(self, user: str, *, erase: bool = True) -> Forgotten:
        """Remove a user from all agents' memories."""
        theirs = "owner = ?", [user]
        return self._forget_scopes(theirs, theirs, f"nothing is kept of the user {user!r}", erase)

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
        condition, values = ("1 = 1", []) if scope is None else of_scope(scope)
        with self.database.reading() as session:
            return int(session.run(f"SELECT coalesce(sum(turns), 0) FROM scopes WHERE {condition}", values)[0][0])

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _keep(self, session: Session, chunk: Sequence[Kept], unwritten: index.Unwritten) -> None:
        vectors = [record.vector for record in chunk if record.vector is not None]
        self._same_length(session, vectors)
        _unknown(session, chunk)
        scopes = {scope: _scope_key(session, scope) for scope in {record.turn.scope for record in chunk}}
        first = session.run("SELECT coalesce(max(key), 0) + 1 FROM turns")[0][0]
        placed = [(key, scopes[record.turn.scope], record.turn) for key, record in enumerate(chunk, first)]
        rows = [values_of(turn, key, scope, unwritten.add(key, scope, turn)) for key, scope, turn in placed]
        session.insert("turns", rows)
        session.insert(
            "vectors",
            [
                (key, scope, self.database.pack(record.vector))
                for (key, scope, _), record in zip(placed, chunk, strict=True)
                if record.vector is not None
            ],
        )

    def _same_length(self, session: Session, vectors: Sequence[Any]) -> None:
        held = session.run("SELECT vector FROM vectors LIMIT 1") if vectors else []
        length = len(self.database.unpack(held[0][0])) if held else len(vectors[0]) if vectors else 0
        for vector in vectors:
            same_length(len(vector), length)

    def _vectors_at(self, session: Session, keys: Sequence[int]) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for part in chunks(keys):
            rows = session.run(f"SELECT turn, vector FROM vectors WHERE turn IN ({marks(part)})", part)
            found |= {key: self.database.unpack(raw) for key, raw in rows}
        return found

    def _paged(self, sql: str, values: Sequence[Any], start: int, size: int = CHUNK) -> Iterator[tuple[Any, ...]]:
        while True:
            with self.database.reading() as session:
                rows = session.run(sql, [*values, start])
            yield from rows
            if len(rows) < size:
                return
            start = rows[-1][0] + 1

    def _forget_scopes(
        self, whole: tuple[str, list[Any]], whose: tuple[str, list[Any]], otherwise: str, erase: bool
    ) -> Forgotten:
        with self.database.writing() as session:
            keys = [key for (key,) in session.run(f"SELECT key FROM scopes WHERE {whole[0]}", whole[1])]
            if not keys and (whole != whose or not session.run(f"SELECT 1 FROM documents WHERE {whose[0]}", whose[1])):
                raise UsageError(f"{otherwise}; see `scopes()` for what is kept")
            self.database.before_forgetting(session)
            number = remove_scopes(session, keys)
            names = texts.remove(session, *whose)
        return Forgotten(number, (), erase and self.database.after_forgetting(), names)


def _okapi(session: Session, scope: Scope, asked: Counter[str]) -> tuple[Any, Any]:
    condition, values = of_scope(scope)
    held = session.run(f"SELECT key, turns, words FROM scopes WHERE {condition}", values)
    if not held:
        return np.zeros(0, np.int64), np.zeros(0)
    # Of one conversation its index is read in order; of several, words are brought together, which takes twice as long.
    inside, values = within(scope, "scope") if len(held) > 1 else ("scope = ?", [held[0][0]])
    size, words = sum(row[1] for row in held), sum(row[2] for row in held)
    entries = index.read(session, inside, values, asked)

    def mean_idf() -> float:
        spread = index.spread(session, inside, values)
        return float(sum(number * idf(size, held) for held, number in spread) / sum(number for _, number in spread))

    return okapi(asked, entries, size, words, mean_idf)


def _first(session: Session, keys: Any, scores: Any, order: Any, k: int, only: Only) -> list[Found]:
    """The first k turns in this order that the filter lets through."""
    found: list[Found] = []
    for some in chunks(order[:k] if only == EVERY else order):
        held = _turns_at(session, keys[some].tolist(), only)
        scored = zip(keys[some].tolist(), scores[some].tolist(), strict=True)
        found += [Found(held[key], score) for key, score in scored if key in held]
        if len(found) >= k:
            break
    return found[:k]


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
    for part in chunks(sorted(set(ids))):
        found |= dict(
            session.run(f"SELECT id, key FROM turns WHERE scope = ? AND id IN ({marks(part)})", [scope, *part])
        )
    return found


def _turns_at(session: Session, keys: Sequence[int], only: Only) -> dict[int, Turn]:
    condition, values = only_those(only)
    found: dict[int, Turn] = {}
    for part in chunks(keys):
        sql = f"SELECT t.key, {COLUMNS} FROM {JOINED} WHERE t.key IN ({marks(part)}) AND {condition}"
        found |= {key: turn_of(row) for key, *row in session.run(sql, [*part, *values])}
    return found


def _lacking(session: Session, turns: Sequence[Turn]) -> list[tuple[int, int, Turn]]:
    """Key, key of the scope, and turn of those that are kept, just as they are given, without a vector."""
    found: list[tuple[int, int, Turn]] = []
    for scope in {turn.scope for turn in turns}:
        given = {turn.id: turn for turn in turns if turn.scope == scope}
        inside, values = within(scope, "t.scope")
        sql = (
            f"SELECT t.key, t.scope, {COLUMNS} FROM {JOINED} LEFT JOIN vectors v ON v.turn = t.key "
            f"WHERE v.turn IS NULL AND {inside} AND t.id IN ({marks(list(given))})"
        )
        held = [(key, where, turn_of(row)) for key, where, *row in session.run(sql, [*values, *given])]
        found += [(key, where, turn) for key, where, turn in held if turn == given[turn.id]]
    return found


def _scope_key(session: Session, scope: Scope) -> int:
    condition, values = of_scope(scope)
    known = session.run(f"SELECT key FROM scopes WHERE {condition}", values)
    if known:
        return int(known[0][0])
    key = int(session.run("SELECT coalesce(max(key), 0) + 1 FROM scopes")[0][0])
    session.insert("scopes", [(key, *values, 0, 0)])
    return key


def _among(scope: Scope | None, only: Only) -> tuple[str, list[Any]]:
    inside, values = within(scope, "t.scope")
    condition, more = only_those(only)
    return f"{inside} AND {condition}", values + more


def _positive(**numbers: int) -> None:
    for what, number in numbers.items():
        if number < 1:
            raise UsageError(f"{what} is {number!r}; give at least 1")
