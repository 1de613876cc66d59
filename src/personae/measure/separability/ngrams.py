"""Texts as TF-IDF weights of their words and pairs of words, learned from a part of them and applied to all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from personae.measure.separability.linear import Mask
from personae.stats.intervals import FloatArray

#: A word or pair counts if this many training texts have it (PersonaLLM's report).
MIN_DF = 3
#: Of longer texts only so many characters are read.
MAX_CHARS = 200_000
#: Features that are multiplied at a time.
_BLOCK = 4096

_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True)
class NGrams:
    """Texts as 1- and 2-grams, sublinear: (1 + ln tf) · (ln((1 + N)/(1 + df)) + 1), each text of length 1.

    Words are lower-case runs of two letters or more. The weights are those of scikit-learn's `TfidfVectorizer` with
    `ngram_range=(1, 2), sublinear_tf=True, min_df=3`.

    >>> texts = NGrams.of(["maps and bees", "maps and bees", "songs"], min_df=1)
    >>> texts.products(np.array([True, True, True])).round(3).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    texts: int
    vocabulary: Mapping[str, int] = field(repr=False)
    rows: npt.NDArray[np.intp] = field(repr=False)
    columns: npt.NDArray[np.intp] = field(repr=False)
    weights: FloatArray = field(repr=False)  # 1 + ln tf
    min_df: int = MIN_DF

    @classmethod
    def of(cls, texts: Sequence[str], *, min_df: int = MIN_DF) -> NGrams:
        """The texts, counted once."""
        numbers: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for row, text in enumerate(texts):
            for gram, count in Counter(grams(text)).items():
                rows.append(row)
                columns.append(numbers.setdefault(gram, len(numbers)))
                counts.append(count)
        weights = 1.0 + np.log(np.array(counts, dtype=np.float64))
        return cls(len(texts), numbers, np.array(rows, np.intp), np.array(columns, np.intp), weights, min_df)

    def __len__(self) -> int:
        return self.texts

    def products(self, train: Mask) -> FloatArray:
        """Cosines of every text with each text of `train`, by the document frequencies of `train`."""
        idf = self._idf(train)
        kept = idf > 0
        here = kept[self.columns]
        rows, weights = self.rows[here], self._unit(idf)[here]
        places = (np.cumsum(kept) - 1)[self.columns[here]]
        found = np.zeros((self.texts, int(train.sum())))
        for start in range(0, int(kept.sum()), _BLOCK):
            inside = (places >= start) & (places < start + _BLOCK)
            block = np.zeros((self.texts, _BLOCK))
            block[rows[inside], places[inside] - start] = weights[inside]
            found += block @ block[train].T
        return found

    def log_odds(self, a: FloatArray, b: float) -> Callable[[str], float]:
        """How the model that `linear.fit` made of all these texts reads a new text: Σ a·product + b."""
        idf = self._idf(np.ones(self.texts, dtype=bool))
        summed = np.bincount(self.columns, self._unit(idf) * a[self.rows], len(idf))

        def read(text: str) -> float:
            counted = Counter(gram for gram in grams(text) if gram in self.vocabulary)
            columns = np.array([self.vocabulary[gram] for gram in counted], dtype=np.intp)
            weights = (1.0 + np.log(np.array(list(counted.values()), dtype=np.float64))) * idf[columns]
            length = float(np.sqrt(weights @ weights))
            return float(summed[columns] @ weights) / length + b if length else b

        return read

    def _idf(self, train: Mask) -> FloatArray:
        """The idf of each gram by the texts in `train`; 0 where too few of them have it."""
        df = np.bincount(self.columns[train[self.rows]], minlength=len(self.vocabulary))
        return np.where(df >= self.min_df, np.log((1 + int(train.sum())) / (1 + df)) + 1, 0.0)

    def _unit(self, idf: FloatArray) -> FloatArray:
        """The weights of all grams of all texts, each text of length 1 (0 without a known gram)."""
        weights = self.weights * idf[self.columns]
        lengths = np.sqrt(np.bincount(self.rows, weights**2, self.texts))
        return weights / np.maximum(lengths, 1e-300)[self.rows]


def grams(text: str) -> list[str]:
    """The words of a text, then its pairs of neighbouring words.

    >>> grams("I keep old maps.")
    ['keep', 'old', 'maps', 'keep old', 'old maps']
    """
    words = _WORD.findall(text[:MAX_CHARS].lower())
    return words + [f"{first} {second}" for first, second in pairwise(words)]
