"""The search over what a store keeps: all of a small scope, of a large one the sessions that may matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, zip_longest
from typing import Any

import numpy as np

from personae.memory.meaning import give_vectors
from personae.memory.retrieval.documents import Session, session_of
from personae.memory.retrieval.fusion import Weights
from personae.memory.retrieval.hybrid import Found, Retriever
from personae.memory.store import Only, Store
from personae.memory.store.roles import Kept
from personae.memory.store.words import index_words
from personae.memory.turns import Scope
from personae.types import Embedder

#: A scope of up to so many turns is ranked whole; of a larger one, the sessions of the best are.
WHOLE = 1_000
#: So many turns are asked for by words, and as many by meaning, to say which sessions those are.
BEST = 100
#: Turns that one search makes vectors for, at most, and their characters: about half a second of work.
LACKING, LENGTH = 250, 40_000


@dataclass(frozen=True)
class StoreSearch:
    """Ranks the turns of a scope as `Retriever` does, by the vectors that were kept with them.

    Without an embedder everything is found by its words alone. With one, each search first makes the vectors of the
    scope's newest turns that were kept without, up to `LACKING`; the others are found by words until then. A query that
    the embedder cannot read is searched for by its words, of any language.

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

        Raises UsageError for k < 1, and where another embedder made the store's vectors.
        """
        if not query.strip():
            return Found((), 0, "the query is empty")
        embedder = self._reads(query)
        if embedder is not None:
            self._complete(scope, embedder)
        kept = list(self._narrowed(query, scope, embedder))
        if not kept:
            return Found((), 0, "nothing is kept there that might be meant")
        vectors = _stacked(kept) if embedder is not None else None
        retriever = Retriever.of(
            [record.turn for record in kept],
            embedder if vectors is not None else None,
            weights=self.weights,
            vectors=vectors,
            words_of=index_words,
        )
        return retriever.search(query, k)

    def _reads(self, query: str) -> Embedder | None:
        """The embedder, unless it says that the query is beyond it: its vector would be near to anything alike."""
        unread = getattr(self.embedder, "unread", None)
        return self.embedder if unread is None or unread(query) is None else None

    def _complete(self, scope: Scope, embedder: Embedder) -> None:
        """Give vectors to the newest turns that have none, no more of them than one can wait for."""
        if turns := self.store.without_vectors(scope, newest=LACKING):
            lengths = accumulate(len(turn.text) for turn in reversed(turns))
            few = max(1, sum(length <= LENGTH for length in lengths))
            give_vectors(self.store, turns[-few:], embedder)

    def _narrowed(self, query: str, scope: Scope, embedder: Embedder | None) -> Iterator[Kept]:
        if self.store.count(scope) <= WHOLE:
            yield from self.store.records(scope)
            return
        number = 0
        for where, session in self._sessions(query, scope, embedder):
            for record in self.store.records(where, Only(session=session)):
                yield record
                number += 1
            if number >= WHOLE:
                return

    def _sessions(self, query: str, scope: Scope, embedder: Embedder | None) -> Iterable[Session]:
        """Sessions of the best turns, by words and by meaning in turn, each once."""
        words = self.store.search_words(query, scope, k=BEST)
        meaning = []
        if embedder is not None:
            meaning = self.store.search_vector(embedder.embed([query])[0], scope, k=BEST)
        best = chain.from_iterable(zip_longest(words, meaning))
        return dict.fromkeys(session_of(found.turn) for found in best if found is not None)


def _stacked(kept: list[Kept]) -> Any:
    """Vectors of shape (turns, dimensions), zero where a turn has none; None where none has."""
    held = next((record.vector for record in kept if record.vector is not None), None)
    if held is None:
        return None
    nothing = np.zeros_like(held)
    return np.stack([nothing if record.vector is None else record.vector for record in kept])
