"""The search over what a store keeps: all of a small scope, of a large one the sessions that may matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from personae.memory.meaning import give_vectors
from personae.memory.retrieval.documents import Session, session_of
from personae.memory.retrieval.fusion import Weights
from personae.memory.retrieval.hybrid import Found, Retriever
from personae.memory.retrieval.words import terms
from personae.memory.store import Only, Store
from personae.memory.store.roles import Kept
from personae.memory.turns import Scope
from personae.types import Embedder

#: A scope of up to so many turns is ranked whole; of a larger one, the sessions of the best are.
WHOLE = 1_000
#: So many turns are asked for by words, and as many by meaning, to say which sessions those are.
BEST = 100
#: Turns that one search makes vectors for, at most: about half a second of work.
LACKING = 250


@dataclass(frozen=True)
class StoreSearch:
    """Ranks the turns of a scope as `Retriever` does, by the vectors that were kept with them.

    Without an embedder everything is found by its words alone. With one, turns that were kept without a vector are
    given theirs as they come up, the newest `LACKING` at a time; the others are found by words until then.

    >>> from personae.memory.store import open_store
    >>> from personae.memory.turns import Turn
    >>> store, here = open_store(":memory:"), Scope("keeper", "ines", "harbour")
    >>> said = ["I sold the boat.", "Which one?", "The red one, to Marta."]
    >>> turns = [Turn(f"D1:{n}", here, "1", who, text) for n, (who, text) in enumerate(zip("ABA", said), 1)]
    >>> store.keep(turns)
    3
    >>> found = StoreSearch(store).search("Who has the boat now?", Scope("keeper", "ines"), k=2)
    >>> [hit.id for hit in found.hits]
    ['D1:1', 'D1:2']
    """

    store: Store
    embedder: Embedder | None = None
    weights: Weights = field(default_factory=Weights)

    def search(self, query: str, scope: Scope, k: int = 10) -> Found:
        """The k best turns. `candidates` is how many were ranked.

        Raises UsageError for k < 1, and where the store's vectors are of
        another length than the embedder's.
        """
        if not query.strip():
            return Found((), 0, "the query is empty")
        kept = list(self._narrowed(query, scope))
        if not kept:
            return Found((), 0, "nothing is kept there that might be meant")
        retriever = Retriever.of(
            [record.turn for record in kept],
            self.embedder,
            weights=self.weights,
            vectors=self._vectors(kept),
        )
        return retriever.search(query, k)

    def _vectors(self, kept: list[Kept]) -> Any:
        """Vectors of shape (turns, dimensions), zero where a turn has none; None without an embedder."""
        if self.embedder is None:
            return None
        given = {at: record.vector for at, record in enumerate(kept) if record.vector is not None}
        if lacking := [at for at in range(len(kept)) if at not in given][-LACKING:]:
            made = give_vectors(self.store, [kept[at].turn for at in lacking], self.embedder)
            given |= dict(zip(lacking, made, strict=True))
        nothing = np.zeros_like(next(iter(given.values())))
        return np.stack([given.get(at, nothing) for at in range(len(kept))])

    def _narrowed(self, query: str, scope: Scope) -> Iterator[Kept]:
        if self.store.count(scope) <= WHOLE:
            yield from self.store.records(scope)
            return
        number = 0
        for where, session in self._sessions(query, scope):
            for record in self.store.records(where, Only(session=session)):
                yield record
                number += 1
            if number >= WHOLE:
                return

    def _sessions(self, query: str, scope: Scope) -> Iterable[Session]:
        """Sessions of the best turns, by words and by meaning in turn, each once."""
        words = self.store.search_words(query, scope, k=BEST) if terms(query) else []
        meaning = []
        if self.embedder is not None:
            meaning = self.store.search_vector(self.embedder.embed([query])[0], scope, k=BEST)
        best = chain.from_iterable(zip_longest(words, meaning))
        return dict.fromkeys(session_of(found.turn) for found in best if found is not None)
