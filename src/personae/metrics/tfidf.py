"""TF-IDF: how near two texts are by the words they share, rare words counting more. It knows no meaning."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.metrics.text import TokeniserName, tokenise


@dataclass(frozen=True, slots=True)
class TfIdf:
    """Weights of words, learned from a collection by `fit`; words outside of it carry nothing.

    weight = tf · idf with idf = ln(N / df) + 1, so that a word of every text still counts; vectors are brought to
    length 1, so similarities are cosines, 0 … 1.

    >>> model = TfIdf.fit(["I keep maps", "I keep bees", "you sing"])
    >>> [round(value, 3) for value in model.similarities("do you keep maps", ["I keep maps", "you sing", "hello"])]
    [0.672, 0.452, 0.0]
    """

    idf: Mapping[str, float]
    tokeniser: TokeniserName = "unicode"

    @classmethod
    def fit(cls, texts: Sequence[str], *, tokeniser: TokeniserName = "unicode") -> TfIdf:
        """Learn the weights. Raises UsageError without texts or for an unknown tokeniser."""
        if not texts:
            raise UsageError("TF-IDF needs at least one text to learn from")
        found = Counter(word for text in texts for word in set(tokenise(text, tokeniser)))
        return cls({word: math.log(len(texts) / count) + 1 for word, count in found.items()}, tokeniser)

    def vector(self, text: str) -> dict[str, float]:
        """The text as word → weight, of length 1; empty when no word is known."""
        counts = Counter(word for word in tokenise(text, self.tokeniser) if word in self.idf)
        weights = {word: count * self.idf[word] for word, count in counts.items()}
        length = math.hypot(*weights.values())
        return {word: weight / length for word, weight in weights.items()}

    def similarities(self, query: str, texts: Sequence[str]) -> list[float]:
        """Cosine of the query with each text, 0 … 1; 0 where they share no known word."""
        asked = self.vector(query)
        return [_dot(asked, self.vector(text)) for text in texts]


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return min(1.0, sum((weight * b[word] for word, weight in a.items() if word in b), start=0.0))
