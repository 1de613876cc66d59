"""SQLite as the database of a store: one file, several processes, and nothing left of what was removed.

Vectors lie in an ordinary table as 32-bit floats. sqlite-vec compares them where this Python's SQLite can load
extensions, numpy elsewhere; the results are the same. Its own tables are not used, for we could not vouch that a
removed vector leaves their blocks.
"""

from __future__ import annotations

import heapq
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError
from personae.memory.store.database import TABLES, Session
from personae.memory.store.roles import StoreError
from personae.memory.store.rows import marks
from personae.memory.store.sql import SqlStore

#: Marks our files ("pers"), and their layout.
APPLICATION_ID = 0x70657273
LAYOUT = 1
#: The layout of a file that holds remains of what was forgotten, because its writing anew was cut off.
UNERASED = 0x100 + LAYOUT
BUSY_S = 30.0
CACHE_KIB = 65_536
#: Vectors compared at a time without sqlite-vec.
BLOCK = 2048


def open_sqlite(path: Path | str, *, extension: bool = True) -> SqlStore:
    """The store in this file, made if it is not there, readable by its owner alone; ":memory:" for none at all.

    extension: let sqlite-vec compare vectors where it can be loaded
    Raises FormatError for a file that is not ours, StoreError for one that cannot be opened.
    """
    if str(path) != ":memory:":
        _make(Path(path))
    try:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        database = SqliteDatabase(connection, str(path), extension and _loaded(connection))
        database.prepare()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"cannot open {str(path)!r}: {error}") from error
        raise FormatError(f"{str(path)!r} is no SQLite database: {error}; give another path") from error
    return SqlStore(database)


class SqliteDatabase:
    """One connection, which its threads take in turns."""

    def __init__(self, connection: sqlite3.Connection, name: str, extension: bool) -> None:
        self._connection = connection
        self._name = name
        self._lock = threading.RLock()
        self.extension = extension

    def prepare(self) -> None:
        """Set the connection up, and make the tables in an empty file. Raises FormatError for another's file."""
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")  # what is acknowledged survives a power failure too
        run("PRAGMA secure_delete = ON")
        run(f"PRAGMA cache_size = -{CACHE_KIB}")
        with self.writing() as session:
            known = session.run("PRAGMA application_id")[0][0], session.run("PRAGMA user_version")[0][0]
            if known == (0, 0) and not session.run("SELECT 1 FROM sqlite_master LIMIT 1"):
                session.run(f"PRAGMA application_id = {APPLICATION_ID}")
                session.run(f"PRAGMA user_version = {LAYOUT}")
                for table in TABLES:
                    clustered = " WITHOUT ROWID"
                    session.run(table.format(big="INTEGER", real="REAL", vector="BLOB", clustered=clustered))
            elif known not in ((APPLICATION_ID, LAYOUT), (APPLICATION_ID, UNERASED)):
                raise FormatError(f"{self._name!r} is a database, but not a store of this version; give another path")

        if known[1] == UNERASED:
            self.erase()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`."""
        with self._transaction("BEGIN IMMEDIATE") as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See `Database`."""
        with self._transaction("BEGIN") as session:
            yield session

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        with self._lock, self._failing():
            if self._connection.in_transaction:
                yield _SqliteSession(self._connection)
                return
            self._connection.execute(begin)
            try:
                yield _SqliteSession(self._connection)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self._name!r} fails: {error}") from error

    def nearest(self, session: Session, vector: Any, where: str, values: Sequence[Any], k: int) -> list[int]:
        """See `Database`."""
        among = f"FROM vectors v JOIN turns t ON t.key = v.turn WHERE {where}"
        if self.extension:
            distance = f"SELECT v.turn {among} ORDER BY vec_distance_cosine(v.vector, ?), v.turn LIMIT ?"
            return [key for (key,) in session.run(distance, [*values, self.pack(vector), k])]
        cursor = self._connection.execute(f"SELECT v.turn, v.vector {among}", values)
        asked = vector / np.linalg.norm(vector)
        best: list[tuple[float, int]] = []
        while block := cursor.fetchmany(BLOCK):
            rows = np.frombuffer(b"".join(raw for _, raw in block), "<f4").reshape(len(block), -1)
            near = (rows @ asked) / np.sqrt(np.einsum("ij,ij->i", rows, rows))
            best = heapq.nsmallest(k, best + [(-float(s), key) for s, (key, _) in zip(near, block, strict=True)])
        return [key for _, key in best]

    def pack(self, vector: Any) -> bytes:
        """See `Database`."""
        return bytes(np.asarray(vector, "<f4").tobytes())

    def unpack(self, value: Any) -> Any:
        """See `Database`."""
        return np.frombuffer(value, "<f4").astype(np.float32)

    def before_forgetting(self, session: Session) -> None:
        """Mark the file; who opens it next erases."""
        session.run(f"PRAGMA user_version = {UNERASED}")

    def after_forgetting(self) -> bool:
        """Erase at once: SQLite overwrites what it removes, but a page that was split may hold an older copy of it."""
        return self.erase()

    def erase(self) -> bool:
        """Write the file anew and empty its log. It takes as long as copying the file."""
        with self._lock, self._failing():
            run = self._connection.execute
            run("VACUUM")
            run(f"PRAGMA user_version = {LAYOUT}")
            busy, *_ = run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                run(f"PRAGMA user_version = {UNERASED}")
        return not busy

    def close(self) -> None:
        """See `Database`."""
        with self._lock:
            self._connection.close()


class _SqliteSession:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self.run_many(f"INSERT INTO {table} VALUES ({marks(rows[0])})", rows)


def _make(path: Path) -> None:
    """The file, empty and private, where there is none. SQLite gives its log the same permissions."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot open {str(path)!r}: {error.strerror or error}; give a path to a file") from error


def _loaded(connection: sqlite3.Connection) -> bool:
    """Load sqlite-vec. False where it is not installed, or SQLite was built without extensions."""
    try:
        import sqlite_vec

        connection.enable_load_extension(True)
    except (ImportError, AttributeError, sqlite3.NotSupportedError):
        return False
    try:
        sqlite_vec.load(connection)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.enable_load_extension(False)
    return True
