"""Postgres with pgvector as the database of a store: many machines, one memory.

Its tables lie in a schema of their own. No statistics are gathered on columns that hold what people said, for Postgres
would copy the commonest values into its catalogue, where forgetting does not reach.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from personae.errors import FormatError, MissingExtra, UsageError
from personae.memory.store.database import FROM_FIRST, TABLES, Session
from personae.memory.store.index import rebuild
from personae.memory.store.roles import StoreError
from personae.memory.store.sql import SqlStore

if TYPE_CHECKING:
    import psycopg

LAYOUT = "personae store 2"
FIRST_LAYOUT = "personae store 1"
CONNECT_S = 10
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
#: Columns that hold words of people.
_PRIVATE = {
    "scopes": ("agent", "owner", "conversation"),
    "turns": ("id", "session", "speaker", "text", "at", "caption", "sources"),
    "entries": ("word", "packed"),
    "vectors": ("vector",),
    "documents": ("agent", "owner", "name", "text"),
    "notes": ("value",),
}
#: Tables that are filled in Postgres' own form, for numbers written out are long: types of their columns.
_BINARY = {"vectors": ("int8", "int8", "vector")}


def open_postgres(dsn: str, *, schema: str = "personae") -> SqlStore:
    """The store in a schema of this database, made if it is not there.

    Raises MissingExtra without psycopg and pgvector, StoreError where the database cannot be reached or lacks the
    extension `vector`, UsageError for a name that is no plain one, FormatError for a schema that is not ours.
    """
    if not _SCHEMA.fullmatch(schema):
        raise UsageError(f"{schema!r} is no name for a schema; use lower-case letters, digits and _")
    try:
        import pgvector  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as error:
        raise MissingExtra("postgres", "psycopg[binary]") from error
    database = PostgresDatabase(dsn, schema)
    database.prepare()
    return SqlStore(database)


class PostgresDatabase:
    """One connection, which its threads take in turns; opened again when it was lost."""

    def __init__(self, dsn: str, schema: str) -> None:
        self._dsn = dsn
        self._schema = schema
        self._lock = threading.RLock()
        self._closed = False
        self._connection: psycopg.Connection[Any] | None = None

    def prepare(self) -> None:
        """Make schema, extension and tables where they are missing."""
        with self.writing() as session:
            known = session.run(
                "SELECT obj_description(n.oid, 'pg_namespace'), "
                "(SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid) "
                "FROM pg_namespace n WHERE nspname = ?",
                [self._schema],
            )
            if known and known[0][0] not in (LAYOUT, FIRST_LAYOUT) and known[0][1]:
                raise FormatError(f"the schema {self._schema!r} is not a store of this version; give another name")
            if not known or known[0][0] != LAYOUT:
                self._build(session, FROM_FIRST if known and known[0][0] == FIRST_LAYOUT else ())

    def _build(self, session: Session, before: Sequence[str]) -> None:
        session.run(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
        session.run(f"COMMENT ON SCHEMA {self._schema} IS '{LAYOUT}'")
        for statement in (*before, *TABLES):
            types = {"big": "BIGINT", "real": "DOUBLE PRECISION", "vector": "vector", "blob": "BYTEA", "clustered": ""}
            session.run(statement.format(**types))
        if before:
            rebuild(session)
        for name, columns in _PRIVATE.items():
            for column in columns:
                session.run(f"ALTER TABLE {name} ALTER COLUMN {column} SET STATISTICS 0")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`. Writers wait for each other."""
        with self._transaction("BEGIN") as session:
            session.run("SELECT pg_advisory_xact_lock(hashtext(?))", [f"personae {self._schema}"])
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See `Database`."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
            yield session

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        import psycopg

        with self._lock, self._failing():
            connection = self._connected()
            idle = psycopg.pq.TransactionStatus.IDLE
            if connection.info.transaction_status != idle:
                yield _PostgresSession(connection)
                return
            connection.execute(begin)
            try:
                yield _PostgresSession(connection)
                connection.execute("COMMIT")
            finally:
                if not connection.closed and connection.info.transaction_status != idle:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _failing(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise StoreError(f"Postgres fails: {first}") from error

    def _connected(self) -> psycopg.Connection[Any]:
        import psycopg
        from pgvector.psycopg import register_vector

        if self._closed:
            raise StoreError("this store is closed; open it again")
        if self._connection is None or self._connection.closed:
            connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=CONNECT_S)
            connection.execute(f"SET search_path TO {self._schema}, public")
            connection.execute("SET client_encoding TO 'UTF8'")
            connection.execute("SELECT pg_advisory_lock(hashtext('personae extension'))")
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
            connection.execute("SELECT pg_advisory_unlock(hashtext('personae extension'))")
            register_vector(connection)
            _take_any_text(connection)
            self._connection = connection
        return self._connection

    def nearest(self, session: Session, vector: Any, among: str, values: Sequence[Any], k: int) -> list[int]:
        """See `Database`."""
        sql = f"SELECT v.turn {among} ORDER BY v.vector <=> ?, v.turn LIMIT ?"
        return [key for (key,) in session.run(sql, [*values, self.pack(vector), k])]

    def pack(self, vector: Any) -> Any:
        """See `Database`."""
        from pgvector import Vector

        return Vector(vector)

    def unpack(self, value: Any) -> Any:
        """See `Database`."""
        import numpy as np

        return np.asarray(value.to_numpy(), dtype=np.float32)

    def after_growing(self, session: Session) -> None:
        """Count what is not private. Else Postgres takes a scope for a few rows, and reads all of it for each word."""
        session.run("ANALYZE turns (scope), entries (scope, block), vectors (scope)")

    def before_forgetting(self, session: Session) -> None:
        """Nothing to note: `erase` is the administrator's to call."""

    def after_forgetting(self) -> bool:
        """A plain VACUUM: the rows and index entries are gone; their bytes may lie in free space until `erase`."""
        self._vacuum("VACUUM")
        return False

    def erase(self) -> bool:
        """VACUUM FULL, which locks the tables meanwhile.

        It reaches neither the server's log (pg_wal) nor backups; these fade by the server's own rules.
        """
        self._vacuum("VACUUM FULL")
        return True

    def _vacuum(self, how: str) -> None:
        with self._lock, self._failing():
            for table in _PRIVATE:
                self._connected().execute(f"{how} {table}")

    def close(self) -> None:
        """See `Database`."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()


class _PostgresSession:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(_query(sql), values)
        return cursor.fetchall() if cursor.description else []

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_query(sql), rows)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        binary = _BINARY.get(table)
        sql = f"COPY {table} FROM STDIN" + (" (FORMAT BINARY)" if binary else "")
        with self._connection.cursor() as cursor, cursor.copy(sql) as copy:
            if binary:
                copy.set_types(binary)
            for row in rows:
                copy.write_row(row)


def _query(sql: str) -> Any:
    return sql.replace("?", "%s")


def _take_any_text(connection: psycopg.Connection[Any]) -> None:
    """Let texts hold NUL, which Postgres does not take: written as SUB 0, and a SUB as SUB 1."""
    from psycopg.types.string import StrDumper, TextLoader

    class Outgoing(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\x1a", "\x1a1").replace("\0", "\x1a0"))

    class Incoming(TextLoader):
        def load(self, data: Any) -> Any:
            text = str(super().load(data))
            return text.replace("\x1a0", "\0").replace("\x1a1", "\x1a") if "\x1a" in text else text

    connection.adapters.register_dumper(str, Outgoing)
    connection.adapters.register_loader("text", Incoming)
