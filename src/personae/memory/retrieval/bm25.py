"""BM25 Okapi: documents by the words they share with a query, rare words counting more."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError

K1 = 1.5
B = 0.75
FLOOR = 0.25  #: what a word of more than half of the documents weighs, of the mean weight
LEAST = (
    1e-9  #: what a word weighs at least: among two or three documents all may weigh nothing, and one is still shared
)


@dataclass(frozen=True)
class Okapi:
    """An index of documents given as lists of terms; made by `of`.

    The score of a document is Σ idf · tf (k1 + 1) / (tf + k1 (1 − b + b · length / mean length)) over the terms of the
    query, repeats counted, with idf = ln((N − n + .5) / (n + .5)); a negative idf becomes .25 of the mean idf of all
    terms. k1 = 1.5, b = .75 (Robertson et al., TREC-3, 1994, with the floor that rank_bm25 made common).

    >>> index = Okapi.of([["red", "boat"], ["old", "boat"], ["green", "tea"], ["black", "tea"], ["milk"]])
    >>> index.scores(["red", "boat"]).round(2).tolist()
    [1.37, 0.32, 0.0, 0.0, 0.0]
    """

    size: int
    idf: dict[str, float]
    postings: dict[str, tuple[Any, Any]]  #: term → (documents, tf part), both of shape (documents with it,)

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Okapi:
        """The index of these documents. Raises UsageError without any."""
        if not documents:
            raise UsageError("a search needs at least one document; keep something first")
        lengths = [len(document) for document in documents]
        mean = sum(lengths) / len(lengths) or 1.0
        where: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, document in enumerate(documents):
            damping = K1 * (1 - B + B * lengths[at] / mean)
            for term, count in Counter(document).items():
                where[term].append((at, count * (K1 + 1) / (count + damping)))
        rows = {term: tuple(zip(*found, strict=True)) for term, found in where.items()}
        postings = {term: (np.array(at), np.array(part)) for term, (at, part) in rows.items()}
        return cls(
            len(documents), _weights(len(documents), {term: len(found) for term, found in where.items()}), postings
        )

    def scores(self, query: Sequence[str]) -> Any:
        """One score per document, float64 of shape (documents,); 0 where no term is shared."""
        found = np.zeros(self.size)
        for term in query:
            if term in self.postings:
                documents, parts = self.postings[term]
                found[documents] += max(self.idf[term], LEAST) * parts
        return found


def _weights(size: int, counts: dict[str, int]) -> dict[str, float]:
    raw = {term: math.log(size - n + 0.5) - math.log(n + 0.5) for term, n in counts.items()}
    floor = FLOOR * sum(raw.values()) / len(raw) if raw else 0.0
    return {term: weight if weight >= 0 else floor for term, weight in raw.items()}
