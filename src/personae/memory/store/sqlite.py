"""SQLite as the database of a store: one file, several processes, and nothing left of what was removed.

Vectors lie in an ordinary table as 32-bit floats. sqlite-vec compares them where this Python's SQLite can load
extensions, numpy elsewhere; the results are the same. Its own tables are not used, for we could not vouch that a
removed vector leaves their blocks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError
from personae.memory.store.database import FROM_FIRST, TABLES, Session
from personae.memory.store.index import rebuild
from personae.memory.store.roles import StoreError
from personae.memory.store.rows import marks
from personae.memory.store.sql import SqlStore

#: Marks our files ("pers"), and their layout.
APPLICATION_ID = 0x70657273
LAYOUT = 2
#: Added to the layout by every forgetting, and taken off when the file was written anew: such a file holds remains.
UNERASED = 0x100
TYPES = {"big": "INTEGER", "real": "REAL", "vector": "BLOB", "blob": "BLOB", "clustered": " WITHOUT ROWID"}
#: Five vectors of 384 numbers lie in a page of 8 KiB, two in one of 4: the file is a quarter smaller and written anew
#: in half the time. With 16 KiB nothing more was won, and a turn that is kept writes twice as much.
PAGE = 8192
BUSY_S = 30.0
PAUSE_S = 0.05
#: How long opening and closing wait for others to let the file be erased.
PATIENCE_MS = 500
CACHE_KIB = 65_536
#: What to do where SQLite fails, by its code.
HELP = {
    sqlite3.SQLITE_BUSY: "; another process holds the file for long: try again when it is done",
    sqlite3.SQLITE_CORRUPT: "; the file is damaged: take a backup, or save what `sqlite3 FILE .recover` can read",
    sqlite3.SQLITE_FULL: "; make room on the disk, and try again",
    sqlite3.SQLITE_IOERR: "; see that the disk is there and has room, and try again",
    sqlite3.SQLITE_READONLY: "; a store needs a file and a folder that may be written to",
}
#: Vectors compared at a time without sqlite-vec: as many as stay in the processor's cache.
BLOCK = 512


def open_sqlite(path: Path | str, *, extension: bool = True) -> SqlStore:
    """The store in this file, made if it is not there, readable by its owner alone; ":memory:" for none at all.

    extension: let sqlite-vec compare vectors where it can be loaded
    Raises FormatError for a file that is not ours, StoreError for one that is damaged or cannot be opened.
    """
    if str(path) != ":memory:":
        _make(Path(path))
    try:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        database = SqliteDatabase(connection, str(path), extension and _loaded(connection))
        database.prepare()
    except sqlite3.DatabaseError as error:
        if _code(error) == sqlite3.SQLITE_NOTADB:
            raise FormatError(f"{str(path)!r} is no SQLite database: {error}; give another path") from error
        raise StoreError(f"cannot open {str(path)!r}: {error}{HELP.get(_code(error), '')}") from error
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
        run(f"PRAGMA page_size = {PAGE}")  # of a new file
        _write_ahead(self._connection)
        run("PRAGMA synchronous = FULL")  # what is acknowledged survives a power failure too
        run("PRAGMA secure_delete = ON")
        run(f"PRAGMA cache_size = -{CACHE_KIB}")
        with self.writing() as session:
            known = session.run("PRAGMA application_id")[0][0], session.run("PRAGMA user_version")[0][0]
            if known == (0, 0) and not session.run("SELECT 1 FROM sqlite_master LIMIT 1"):
                known = APPLICATION_ID, 0
                session.run(f"PRAGMA application_id = {APPLICATION_ID}")
            layout = known[1] % UNERASED
            if known[0] != APPLICATION_ID:
                raise FormatError(f"{self._name!r} is a database of another program; give another path")
            if layout > LAYOUT:
                raise FormatError(
                    f"{self._name!r} is a store of layout {layout}, this knows up to {LAYOUT}; update personae"
                )
            if layout < LAYOUT:  # 0 is an empty file
                session.run(f"PRAGMA user_version = {known[1] - layout + LAYOUT}")
                for statement in (*(FROM_FIRST if layout else ()), *TABLES):
                    session.run(statement.format(**TYPES))
                if layout:
                    rebuild(session)
        self._erase_what_is_left()

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
            raise StoreError(f"{self._name!r} fails: {error}{HELP.get(_code(error), '')}") from error

    def nearest(self, session: Session, vector: Any, among: str, values: Sequence[Any], k: int) -> list[int]:
        """See `Database`."""
        if self.extension:
            distance = f"SELECT v.turn {among} ORDER BY vec_distance_cosine(v.vector, ?), v.turn LIMIT ?"
            return [key for (key,) in session.run(distance, [*values, self.pack(vector), k])]
        cursor = self._connection.execute(f"SELECT v.turn, v.vector {among}", values)
        asked = vector / np.linalg.norm(vector)
        keys, scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
        while block := cursor.fetchmany(BLOCK):
            named, packed = zip(*block, strict=True)
            rows = np.frombuffer(b"".join(packed), "<f4").reshape(len(block), -1)
            near = (rows @ asked) / np.sqrt(np.einsum("ij,ij->i", rows, rows))
            keys, scores = np.append(keys, named), np.append(scores, near)
            order = np.lexsort((keys, -scores))[:k]
            keys, scores = keys[order], scores[order]
        return [int(key) for key in keys]

    def pack(self, vector: Any) -> bytes:
        """See `Database`."""
        return bytes(np.asarray(vector, "<f4").tobytes())

    def unpack(self, value: Any) -> Any:
        """See `Database`."""
        return np.frombuffer(value, "<f4").astype(np.float32)

    def after_growing(self, session: Session) -> None:
        """Nothing to do: SQLite goes by the indexes."""

    def before_forgetting(self, session: Session) -> None:
        """Mark the file; who closes it or opens it next erases."""
        session.run(f"PRAGMA user_version = {self._version() + UNERASED}")

    def after_forgetting(self) -> bool:
        """Erase at once."""
        return self.erase()

    def erase(self) -> bool:
        """Write the file anew and empty its log. It takes as long as copying the file three times.

        Nothing less is sure. With `secure_delete` SQLite overwrites what it removes, but the free space of a page that
        was split or joined before may keep an older copy. To overwrite all free space ourselves is quicker, but goes
        behind the back of SQLite's locks, and of the caches of other processes, which would write it back.

        The mark is taken off last, and only where nothing was forgotten meanwhile.
        """
        with self._lock, self._failing():
            marked = self._version()
            try:
                self._connection.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY:
                    raise
                return False
            busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                with self.writing() as session:
                    if self._version() == marked:
                        session.run(f"PRAGMA user_version = {LAYOUT}")
        return not busy

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _erase_what_is_left(self) -> None:
        """Erase what somebody left for later, or was kept from erasing, unless others need the file."""
        if self._version() == LAYOUT:
            return
        self._connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        with suppress(StoreError):
            self.erase()
        self._connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")

    def close(self) -> None:
        """See `Database`. Erases what was left for later."""
        with self._lock:
            with suppress(sqlite3.Error):  # closed already
                self._erase_what_is_left()
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


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Write to a log first. Where another process is just doing this to a new file, SQLite does not wait by itself."""
    for attempt in range(int(BUSY_S / PAUSE_S), -1, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not attempt or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(PAUSE_S)


def _make(path: Path) -> None:
    """The file, empty and private, where there is none. SQLite gives its log the same permissions."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"cannot open {str(path)!r}: {error.strerror or error}; a store needs a file that may be written to"
        ) from error


def _code(error: sqlite3.Error) -> int:
    """SQLite's code without its details; 0 where the error is Python's own, as of a closed connection."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


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
