"""How closely two rows of numbers go together: Pearson, Spearman, Kendall's tau-b, and AUC; ties and weights counted.

A weight says how often a row was drawn, so a bootstrap sorts once and only counts again. Sums stay on one thread:
where cores are busy, threads that wait for each other cost more than they save. Where a number is undefined (nothing
varies, one class is missing) it is NaN; `stats.validity` turns that into a reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.intervals import FloatArray, finite

IntArray = npt.NDArray[np.intp]
Numbers = Sequence[float] | FloatArray


def pearson(x: Numbers, y: Numbers) -> float:
    """Pearson's r, −1 … 1; NaN where one side does not vary.

    >>> round(pearson([1, 2, 3, 4], [1, 3, 2, 4]), 6)
    0.8
    """
    return Pairs.of(x, y).pearson()


def spearman(x: Numbers, y: Numbers) -> float:
    """Spearman's rho: Pearson's r of the ranks, equals sharing the mean of theirs; NaN where one side does not vary.

    >>> round(spearman([1, 2, 2, 3], [1, 2, 3, 4]), 6)
    0.948683
    """
    return Pairs.of(x, y).spearman()


def kendall(x: Numbers, y: Numbers) -> float:
    """Kendall's tau-b (Kendall 1945), −1 … 1, in O(n log n); NaN where one side does not vary.

    >>> round(kendall([1, 2, 2, 3], [1, 2, 3, 4]), 6)
    0.912871
    """
    return Pairs.of(x, y).kendall()


def auc(scores: Numbers, positive: Sequence[bool]) -> float:
    """Area under the ROC curve: how likely a positive row scores higher than a negative one; equal scores count half.

    NaN where one of the classes is missing.

    >>> auc([0.1, 0.4, 0.4, 0.9], [False, False, True, True])
    0.875
    """
    return Pairs.of(scores, [float(label) for label in positive]).auc()


@dataclass(frozen=True)
class Pairs:
    """Two numbers per row, sorted and coded once; every method takes how often each row counts (default: once).

    Make one with `Pairs.of`, which checks the values; they are kept divided by their largest size.
    """

    x: FloatArray
    y: FloatArray

    @classmethod
    def of(cls, x: Numbers, y: Numbers) -> Pairs:
        """From values in the same order. Raises UsageError for unequal lengths, NaN or infinity."""
        if len(x) != len(y):
            raise UsageError(f"a correlation needs two numbers per row, not {len(x)} and {len(y)} of them")
        return cls(_scaled(x), _scaled(y))

    def __len__(self) -> int:
        return len(self.x)

    def pearson(self, weights: FloatArray | None = None) -> float:
        """Pearson's r."""
        return _pearson(self.x, self.y, self._weights(weights))

    def spearman(self, weights: FloatArray | None = None) -> float:
        """Spearman's rho, with mean ranks for ties."""
        w = self._weights(weights)
        return _pearson(_ranks(self._x_codes, w), _ranks(self._y_codes, w), w)

    def kendall(self, weights: FloatArray | None = None) -> float:
        """Kendall's tau-b: (concordant − discordant) / √((n₀ − n₁)(n₀ − n₂)), n₁ and n₂ the pairs tied in x and y."""
        w = self._weights(weights)
        all_pairs, both = _pairs(w.sum()), _tied(self._joint_codes, w)
        x_tied, y_tied = _tied(self._x_codes, w), _tied(self._y_codes, w)
        scale = (all_pairs - x_tied) * (all_pairs - y_tied)
        if scale <= 0:
            return math.nan
        discordant = sum(level.discordant(w) for level in self._levels)
        return float((all_pairs - x_tied - y_tied + both - 2 * discordant) / math.sqrt(scale))

    def auc(self, weights: FloatArray | None = None) -> float:
        """The AUC of x, with y > 0 the positive rows."""
        w, size = self._weights(weights), self._sizes[0]
        positive = np.bincount(self._x_codes, w * (self.y > 0), size)
        negative = np.bincount(self._x_codes, w * (self.y <= 0), size)
        pairs = positive.sum() * negative.sum()
        below = np.cumsum(negative) - negative / 2
        return float((positive * below).sum() / pairs) if pairs > 0 else math.nan

    @cached_property
    def _x_codes(self) -> IntArray:
        return _codes(self.x)

    @cached_property
    def _y_codes(self) -> IntArray:
        return _codes(self.y)

    @cached_property
    def _sizes(self) -> tuple[int, int]:
        return int(self._x_codes.max(initial=-1)) + 1, int(self._y_codes.max(initial=-1)) + 1

    @cached_property
    def _joint_codes(self) -> IntArray:
        return _codes(self._x_codes * self._sizes[1] + self._y_codes)

    @cached_property
    def _levels(self) -> tuple[_Level, ...]:
        few, many = (self._y_codes, self._x_codes)
        if self._sizes[0] < self._sizes[1]:
            few, many = many, few
        return _levels(np.lexsort((few, many)), few)

    def _weights(self, weights: FloatArray | None) -> FloatArray:
        return np.ones(len(self.x)) if weights is None else weights


@dataclass(frozen=True)
class _Level:
    """One bit of the codes: rows in order, grouped by their higher bits; a 0 after a 1 of its group is an inversion."""

    rows: IntArray
    ones: FloatArray
    starts: IntArray

    def discordant(self, weights: FloatArray) -> float:
        """Pairs that this bit puts in the wrong order."""
        w = weights[self.rows]
        ones_before = np.cumsum(w * self.ones)
        zeros = w * (1 - self.ones)
        base = np.concatenate([[0.0], ones_before])[self.starts]
        return float((zeros * ones_before).sum() - (np.add.reduceat(zeros, self.starts) * base).sum())


def _levels(rows: IntArray, codes: IntArray) -> tuple[_Level, ...]:
    levels = []
    for bit in reversed(range(int(codes.max(initial=0)).bit_length())):
        in_order = codes[rows]
        starts = np.flatnonzero(np.diff(in_order >> (bit + 1), prepend=-1))
        levels.append(_Level(rows, ((in_order >> bit) & 1).astype(np.float64), starts))
        rows = rows[np.argsort(in_order >> bit, kind="stable")]
    return tuple(levels)


def _pearson(x: FloatArray, y: FloatArray, w: FloatArray) -> float:
    total = w.sum()
    if total <= 0:
        return math.nan
    dx, dy = x - (w * x).sum() / total, y - (w * y).sum() / total
    sxx, syy = (w * dx * dx).sum(), (w * dy * dy).sum()
    if sxx <= _noise(x, total) or syy <= _noise(y, total):
        return math.nan
    return float(np.clip((w * dx * dy).sum() / math.sqrt(sxx) / math.sqrt(syy), -1.0, 1.0))


def _noise(values: FloatArray, total: float) -> float:
    """The sum of squares that rounding alone may leave of equal values."""
    return 1e-28 * float(np.abs(values).max()) ** 2 * float(total)


def _ranks(codes: IntArray, w: FloatArray) -> FloatArray:
    counts = np.bincount(codes, w)
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[codes]
    return ranks


def _codes(values: npt.NDArray[np.generic]) -> IntArray:
    codes: IntArray = np.unique(values, return_inverse=True)[1]
    return codes


def _pairs(count: float) -> float:
    return count * (count - 1) / 2


def _tied(codes: IntArray, w: FloatArray) -> float:
    counts = np.bincount(codes, w)
    return float((counts * (counts - 1)).sum() / 2)


def _scaled(numbers: Numbers) -> FloatArray:
    values = finite(cast("Sequence[float]", numbers))
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > 0 else values
