"""How far two means lie apart in units of their own scatter: Cohen's d over the mean of the two variances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.distributions import normal_quantile
from personae.stats.intervals import finite


@dataclass(frozen=True, slots=True)
class EffectSize:
    """d with its large-sample 95 % interval; None where nothing varies or there are too few values (`reason`)."""

    d: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None


def cohens_d(before: Sequence[float], after: Sequence[float], *, paired: bool = False) -> EffectSize:
    """d = (mean(after) − mean(before)) / √((s₁² + s₂²)/2), with s² over n − 1; positive where the values rose.

    paired: the two lists hold the same things in the same order. The value stays, and the interval takes
    their correlation r into account: variance (1/n + d²/2n)·2(1 − r), else 1/n₁ + 1/n₂ + d²/(2(n₁ + n₂))
    (Borenstein et al., 2009, chapter 4). `n` counts pairs, or the values of both lists.
    Raises UsageError for NaN, and for paired lists of unequal length.

    >>> found = cohens_d([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> round(found.d, 4), found.n
    (1.2649, 6)
    """
    first, second = finite(before), finite(after)
    if paired and len(first) != len(second):
        raise UsageError(f"{len(first)} values before and {len(second)} after are no pairs; leave lone ones out")
    n = len(first) if paired else len(first) + len(second)
    if min(len(first), len(second)) < 2:
        return EffectSize(None, None, None, n, "fewer than two values on a side")
    spread = math.sqrt(float(first.var(ddof=1) + second.var(ddof=1)) / 2)
    if spread <= 1e-12 * max(1.0, float(abs(first).max()), float(abs(second).max())):
        return EffectSize(None, None, None, n, "nothing varies within the sides")
    d = float(second.mean() - first.mean()) / spread
    if paired:
        r = _correlation(first, second)
        variance = (1 / n + d * d / (2 * n)) * 2 * (1 - r)
    else:
        variance = 1 / len(first) + 1 / len(second) + d * d / (2 * n)
    half = normal_quantile(0.975) * math.sqrt(variance)
    return EffectSize(d, d - half, d + half, n)


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's r; 0 where a side does not vary."""
    a, b = first - first.mean(), second - second.mean()
    length = math.sqrt(float(a @ a) * float(b @ b))
    return min(1.0, float(a @ b) / length) if length > 0 else 0.0
