"""Is a difference small enough not to matter? Two one-sided tests, and p values corrected for their number.

That a difference is not significant does not show that there is none; TOST (Schuirmann 1987) turns the question round:
it asks whether a difference of `delta` or more, either way, can be ruled out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.distributions import student_cdf, student_quantile
from personae.stats.intervals import FloatArray, finite


@dataclass(frozen=True, slots=True)
class Tost:
    """The result of two one-sided tests of a mean difference.

    difference: the mean; None without any.
    se:         its standard error; None with fewer than two differences.
    p:          the larger of the two one-sided p values, so that p < .05 shows equivalence at the 5 % level.
    equivalent: whether p < level; None where it cannot be tested (`reason`).
    low, high:  the interval that lies within ±delta exactly then (90 % at the 5 % level).
    """

    difference: float | None
    se: float | None
    p: float | None
    equivalent: bool | None
    n: int
    delta: float
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def tost(differences: Sequence[float] | FloatArray, delta: float, *, level: float = 0.05) -> Tost:
    """t₁ = (Δ̄ + δ)/se and t₂ = (Δ̄ − δ)/se with n − 1 degrees of freedom; p = max(P(T > t₁), P(T < t₂)).

    Where the differences do not vary at all, they are equivalent exactly if |Δ̄| < δ, and p is 0 or 1.
    Raises UsageError for a delta that is not above 0, a level outside (0, 0.5], and values that are not finite.

    >>> found = tost([0.1, -0.1, 0.0, 0.2, -0.2, 0.1, 0.0, -0.1], 0.25)
    >>> found.equivalent, round(found.p, 5)
    (True, 0.0005)
    """
    if not 0 < delta < math.inf:
        raise UsageError(f"the margin of equivalence is {delta!r}; give one above 0, in units of the differences")
    if not 0 < level <= 0.5:
        raise UsageError(f"the level of a test is {level!r}; give one above 0, at most 0.5")
    array = finite(list(differences))
    n = len(array)
    if n < 2:
        mean = float(array[0]) if n else None
        return Tost(mean, None, None, None, n, delta, reason=f"{n} differences; an equivalence test needs two")
    mean, se = float(array.mean()), float(array.std(ddof=1)) / math.sqrt(n)
    if se <= 1e-12 * float(np.abs(array).max()):
        equivalent = abs(mean) < delta
        return Tost(mean, 0.0, 0.0 if equivalent else 1.0, equivalent, n, delta, mean, mean)
    above, below = student_cdf(-(mean + delta) / se, n - 1), student_cdf((mean - delta) / se, n - 1)
    half = student_quantile(1 - level, n - 1) * se
    p = max(above, below)
    return Tost(mean, se, p, p < level, n, delta, mean - half, mean + half)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Each p value adjusted for their number, in the order given (Holm 1979); reject where it is below the level.

    The smallest is multiplied by their number, the next by one less, and so on; none is smaller than the one before it,
    none above 1. Raises UsageError for a value outside 0 … 1.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    _check_ps(ps)
    adjusted = [0.0] * len(ps)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def benjamini_hochberg(ps: Sequence[float]) -> tuple[float, ...]:
    """Each p value adjusted so that rejecting below the level keeps the share of false discoveries at it, in the order
    given (Benjamini & Hochberg 1995).

    p · n / rank, and never more than that of the next larger p. Raises UsageError for a value outside 0 … 1.

    >>> [round(q, 4) for q in benjamini_hochberg([0.01, 0.04, 0.03, 0.005])]
    [0.02, 0.04, 0.04, 0.02]
    """
    _check_ps(ps)
    adjusted = [0.0] * len(ps)
    smallest = 1.0
    for rank, index in sorted(enumerate(sorted(range(len(ps)), key=ps.__getitem__), 1), reverse=True):
        smallest = min(smallest, ps[index] * len(ps) / rank)
        adjusted[index] = smallest
    return tuple(adjusted)


def _check_ps(ps: Sequence[float]) -> None:
    if odd := [p for p in ps if not 0 <= p <= 1]:
        raise UsageError(f"{odd[0]!r} is no p value; give numbers from 0 to 1, and leave out tests that were not done")
