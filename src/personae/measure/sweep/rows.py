"""The one table of all audits: what was said in each cell, a JSON line each, in the order in which answers came."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from personae.errors import FormatError
from personae.types import Outcome, StopReason


@dataclass(frozen=True, slots=True)
class Row:
    """What one cell came to. `key` is that of the cell, `finish_reason` how the model stopped, "" where it failed.

    `outcome` tells answered, refused (by the provider's filter), empty, truncated and failed (no answer could be had)
    apart; what the words of a reply mean is for a suite to say. `tokens` were read and written.
    """

    key: str
    persona: str
    category: str
    instruction: str
    item: str
    seed: int
    text: str
    finish_reason: StopReason | str
    outcome: Outcome
    tokens: int = 0


_FIELDS = tuple(field.name for field in fields(Row))


class Table:
    """The file of rows. Used as a context it takes more: a row is in the file when `add` returns."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file: BinaryIO | None = None

    def __enter__(self) -> Table:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab+", buffering=0)
        if self._file.tell():
            self._file.seek(-1, 2)
            if self._file.read(1) != b"\n":  # a line that a kill cut off: closed, so that no row is glued to it
                self._file.write(b"\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file:
            self._file.close()

    def add(self, row: Row) -> None:
        """Append one row in one write."""
        if self._file is None:
            raise ValueError("a table takes rows only while it is open; use it in a `with`")
        told = json.dumps({name: getattr(row, name) for name in _FIELDS}, ensure_ascii=False, separators=(",", ":"))
        self._file.write(f"{told}\n".encode(errors="backslashreplace"))

    def keys(self, *, failed: bool = True) -> set[str]:
        """The cells that have a row; without those that only failed, on request."""
        return {row.key for row in self._all() if failed or row.outcome != "failed"}

    def rows(self, keys: Collection[str] | None = None) -> Iterator[Row]:
        """One row a cell, of the cells named or of all; a failure only where no later try came to anything.

        Raises `FormatError` for a line in the middle that is no row.
        """
        wanted = None if keys is None else set(keys)
        seen: set[str] = set()
        failures: dict[str, Row] = {}
        for row in self._all():
            if row.key in seen or (wanted is not None and row.key not in wanted):
                continue
            if row.outcome == "failed":
                failures[row.key] = row
                continue
            seen.add(row.key)
            yield row
        yield from (row for key, row in failures.items() if key not in seen)

    def _all(self) -> Iterator[Row]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                row = _read(raw)
                if row is not None:
                    yield row
                elif raw.strip() and not _cut_off(raw):
                    raise FormatError(f"{str(self.path)!r} line {number} is no row of a sweep: {raw[:80]!r}")


def _read(raw: bytes) -> Row | None:
    try:
        tree: Any = json.loads(raw)
        return Row(**tree) if isinstance(tree, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None


def _cut_off(raw: bytes) -> bool:
    """Whether a line was broken off by a kill: it begins like a row and is no whole JSON."""
    begins = b'{"key":'
    if not raw.rstrip(b"\n").startswith(begins[: len(raw.rstrip(b"\n"))]):
        return False
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return True
    return False
