"""One table in one SQLite file that many tasks and many processes may share: what the caches keep their rows in.

What is written is in the file before the writer goes on: a killed process loses no row and tears none.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from personae.errors import FormatError

_BUSY_S = 60.0


class Store:
    """The database `path`, made with the table of the statement `table` where it does not exist.

    `application` is the number that tells whose database it is, so that another program's is not written into.
    Raises `FormatError` for a file that is damaged or somebody else's.
    """

    def __init__(self, path: Path, application: int, table: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._clear_errors():
            self._database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            owner = self._database.execute("PRAGMA application_id").fetchone()[0]
            if owner != application and self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._database.close()
                raise FormatError(f"{str(path)!r} is a database of something else; give the cache another path")
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")  # survives a killed process and a power cut undamaged
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(f"PRAGMA application_id={application}")
            self._database.execute(table)
            self._database.execute("COMMIT")

    def rows(self, question: str, values: Sequence[object]) -> list[Any]:
        """What a SELECT answers."""
        with self._lock, self._clear_errors():
            return self._database.execute(question, values).fetchall()

    def write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run an INSERT for every row: all of them, or none."""
        with self._lock, self._clear_errors(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(statement, rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise FormatError(
                f"the cache {str(self.path)!r} cannot be used ({error}); move it away or name another file"
            ) from error
