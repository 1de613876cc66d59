"""What `SqlStore` needs of a database: transactions, a vector search, and a way to leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

#: The tables, for both databases; `{big}` is a whole number of 64 bits, `{vector}` a list of 32-bit floats, `{blob}`
#: bytes. A scope counts its turns and their words; `entries` is what `index` reads and writes.
TABLES = (
    """CREATE TABLE IF NOT EXISTS scopes (
        key {big} PRIMARY KEY, agent TEXT NOT NULL, owner TEXT NOT NULL, conversation TEXT NOT NULL,
        turns {big} NOT NULL, words {big} NOT NULL, UNIQUE (agent, owner, conversation))""",
    """CREATE TABLE IF NOT EXISTS turns (
        key {big} PRIMARY KEY, scope {big} NOT NULL, id TEXT NOT NULL, session TEXT NOT NULL, speaker TEXT NOT NULL,
        text TEXT NOT NULL, at TEXT, instant {real}, caption TEXT, origin TEXT NOT NULL, sources TEXT NOT NULL,
        words {big} NOT NULL, UNIQUE (scope, id))""",
    "CREATE INDEX IF NOT EXISTS turns_in_scope ON turns (scope, key)",
    "CREATE INDEX IF NOT EXISTS turns_in_session ON turns (scope, session, key)",
    "CREATE INDEX IF NOT EXISTS turns_derived ON turns (scope, key) WHERE sources <> '[]'",
    """CREATE TABLE IF NOT EXISTS entries (
        scope {big} NOT NULL, word TEXT NOT NULL, block {big} NOT NULL, packed {blob} NOT NULL,
        PRIMARY KEY (scope, word, block)){clustered}""",
    "CREATE TABLE IF NOT EXISTS vectors (turn {big} PRIMARY KEY, scope {big} NOT NULL, vector {vector} NOT NULL)",
    "CREATE INDEX IF NOT EXISTS vectors_in_scope ON vectors (scope, turn)",
    """CREATE TABLE IF NOT EXISTS documents (
        key {big} PRIMARY KEY, agent TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
        UNIQUE (agent, owner, name))""",
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)

#: What makes room for these tables where the first layout lies; afterwards the words are indexed anew.
FROM_FIRST = (
    "DROP TABLE entries",
    "DROP TABLE vocabulary",
    "ALTER TABLE scopes ADD COLUMN turns {big} NOT NULL DEFAULT 0",
    "ALTER TABLE scopes ADD COLUMN words {big} NOT NULL DEFAULT 0",
)


class Session(Protocol):
    """An open transaction. SQL is written with `?`; values are texts, numbers, None and packed vectors."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and fetch all of its rows."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once per row of values."""
        ...

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Add whole rows to a table."""
        ...


class Database(Protocol):
    """One SQLite file or one Postgres schema. Its own errors leave it as `StoreError`.

    A transaction that is opened within another one is part of it.
    """

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that nobody else writes beside; kept on leaving, undone on an error."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that sees one state throughout."""
        ...

    def nearest(self, session: Session, vector: Any, among: str, values: Sequence[Any], k: int) -> list[int]:
        """Keys of the k vectors nearest by cosine, equals by key, among `FROM vectors v … WHERE …`."""
        ...

    def pack(self, vector: Any) -> Any:
        """A float32 array as the value of a column."""
        ...

    def unpack(self, value: Any) -> Any:
        """The value of a column as a float32 array."""
        ...

    def after_growing(self, session: Session) -> None:
        """Thousands of turns were kept: let the database count its rows, so that it searches in the right order."""
        ...

    def before_forgetting(self, session: Session) -> None:
        """Part of every removal: note that the files are to be written anew, should the process die before."""
        ...

    def after_forgetting(self) -> bool:
        """What follows every removal: True when nothing is left in the files."""
        ...

    def erase(self) -> bool:
        """Write the files anew: True when nothing of what was removed is left in them."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
