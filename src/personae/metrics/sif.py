"""Sentences as vectors by smooth inverse frequency, and how related a word is to a sentence.

Source: Arora et al. (2017), used for relatedness by See et al. (2019): a sentence is the mean of its word vectors, each
weighted a / (a + p(w)), less its part along the first principal component of many sentences. The word vectors are the
caller's; the decoding knobs take the input embeddings of the language model itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.metrics.text import words

FloatArray = npt.NDArray[np.floating]
VectorOf = Callable[[str], FloatArray | None]  #: the vector of a lower-case word, None for an unknown one
ShareOf = Callable[[str], float]  #: the share of a word among all words, 0 … 1

#: The smoothing of the weights (Arora et al. 2017).
A = 1e-3


@dataclass(frozen=True)
class Sif:
    """Sentence vectors of one language. `component` is the unit vector that is taken out, shape (dimensions,)."""

    vector_of: VectorOf
    share_of: ShareOf
    component: FloatArray
    a: float = A

    @classmethod
    def fit(cls, sentences: Iterable[str], vector_of: VectorOf, share_of: ShareOf, *, a: float = A) -> Sif:
        """Learns the common component of these sentences; needs at least two that hold known words."""
        rows = [
            row for sentence in sentences if (row := _weighted(words(sentence), vector_of, share_of, a)) is not None
        ]
        if len(rows) < 2:
            raise UsageError(f"the common component needs 2 sentences with known words, got {len(rows)}; give more")
        return cls(vector_of, share_of, np.linalg.svd(np.stack(rows), full_matrices=False)[2][0], a)

    def sentence(self, text: str) -> FloatArray | None:
        """The vector of a text, not normalised; None where no word of it is known."""
        row = _weighted(words(text), self.vector_of, self.share_of, self.a)
        return None if row is None else row - (row @ self.component) * self.component


def _weighted(tokens: Sequence[str], vector_of: VectorOf, share_of: ShareOf, a: float) -> FloatArray | None:
    rows = [a / (a + share_of(token)) * vector for token in tokens if (vector := vector_of(token)) is not None]
    return np.mean(rows, axis=0) if rows else None


def cosines(vectors: FloatArray, sentence: FloatArray) -> FloatArray:
    """Cosine of each row with the sentence, −1 … 1; 0 where one of them has no length.

    >>> cosines(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]), np.array([2.0, 0.0])).round(3).tolist()
    [1.0, 0.707, 0.0]
    """
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(sentence)
    products = vectors @ sentence
    found: FloatArray = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 1e-12)
    return found


def word_shares(texts: Iterable[str]) -> dict[str, float]:
    """The share of each word among all words of the texts.

    >>> word_shares(["the cat", "the dog"])["the"]
    0.5
    """
    counts = Counter(word for text in texts for word in words(text))
    return {word: count / counts.total() for word, count in counts.items()}


def zipf_shares(ranked: Sequence[str]) -> dict[str, float]:
    """Shares estimated from a list of words, most frequent first, by Zipf's law.

    >>> [round(share, 3) for share in zipf_shares(["the", "cat"]).values()]
    [0.667, 0.333]
    """
    total = sum(1 / rank for rank in range(1, len(ranked) + 1))
    return {word: 1 / rank / total for rank, word in enumerate(ranked, 1)}
