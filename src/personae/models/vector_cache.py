"""Texts embedded once: in memory, and in an SQLite file where one is named.

A key is a hash of the embedder's name and the text, so another embedder's vectors never answer from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from personae.models._store import Store
from personae.types import Embedder

_APPLICATION = 0x50455256  # "PERV", so that another program's database is not written into
_ASKED_AT_ONCE = 500
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID"


class CachedEmbedder:
    """An embedder that is given each text once. `name` is the embedder's.

    path: the SQLite file; None keeps vectors in memory only, some 1.6 kB each. A vector is in the file before the
    caller sees it, so a killed process computes none twice.

    Raises FormatError for a file that is damaged or no cache of vectors.
    """

    def __init__(self, embedder: Embedder, path: Path | str | None = None) -> None:
        self.embedder = embedder
        self._known: dict[bytes, Any] = {}
        self._store = Store(Path(path), _APPLICATION, _TABLE) if path is not None else None

    @property
    def name(self) -> str:
        """The wrapped embedder's name."""
        return self.embedder.name

    def embed(self, texts: Sequence[str]) -> Any:
        """The remembered vectors, or the embedder's; texts that are equal are embedded once."""
        import numpy as np

        if not texts:
            return self.embedder.embed([])
        keys = [self._key(text) for text in texts]
        self._read([key for key in dict.fromkeys(keys) if key not in self._known])
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            fresh = np.ascontiguousarray(self.embedder.embed(list(new.values())), dtype="<f4")
            self._known |= dict(zip(new, fresh, strict=True))
            if self._store is not None:
                rows = [(key, vector.tobytes()) for key, vector in zip(new, fresh, strict=True)]
                self._store.write("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        return np.stack([self._known[key] for key in keys])

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()

    def _read(self, keys: Sequence[bytes]) -> None:
        import numpy as np

        if self._store is None:
            return
        for start in range(0, len(keys), _ASKED_AT_ONCE):
            some = keys[start : start + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(some))
            for key, numbers in self._store.rows(f"SELECT key, numbers FROM vectors WHERE key IN ({marks})", some):
                self._known[key] = np.frombuffer(numbers, dtype="<f4")

    def _key(self, text: str) -> bytes:
        said = f"{self.embedder.name}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, digest_size=16).digest()
