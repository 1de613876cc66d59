"""Documents by meaning: the cosine of their vectors with a query's; of a long document the best part counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.memory.retrieval.documents import all_parts
from personae.types import Embedder

#: Hears how many texts are embedded, of how many.
OnStep = Callable[[int, int], object]
_AT_ONCE = 64


@dataclass(frozen=True)
class Dense:
    """Vectors of documents, made by `of`.

    vectors: float32 of shape (parts, dimensions), unit length.
    starts:  the first part of each document.
    """

    embedder: Embedder
    vectors: Any
    starts: Any

    @classmethod
    def of(cls, documents: Sequence[str], embedder: Embedder, *, split: bool = True) -> Dense:
        """Embed the documents; `split` cuts long ones into parts, otherwise the embedder cuts off their ends."""
        texts, places = all_parts(documents) if split else (list(documents), list(range(len(documents))))
        return cls(embedder, embedded(embedder, texts), np.searchsorted(places, np.arange(len(documents))))

    def scores(self, query: str) -> Any:
        """The cosine of each document with the query, −1 … 1, float64 of shape (documents,)."""
        return self.against(self.embedder.embed([query])[0])

    def against(self, vector: Any) -> Any:
        """As `scores`, of a query's vector."""
        return np.maximum.reduceat(self.vectors @ vector, self.starts).astype(np.float64)


def embedded(embedder: Embedder, texts: Sequence[str], on_step: OnStep | None = None) -> Any:
    """Vectors of the texts, float32 of shape (texts, dimensions), some at a time so that progress can be told."""
    found = []
    for start in range(0, len(texts), _AT_ONCE):
        found.append(embedder.embed(texts[start : start + _AT_ONCE]))
        if on_step is not None:
            on_step(min(start + _AT_ONCE, len(texts)), len(texts))
    return np.concatenate(found) if found else embedder.embed([])
