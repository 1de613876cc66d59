"""Two independent groups of scores: how far apart in their own spread (Hedges' g), and by rank (Mann–Whitney)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.stats.cohens_d import EffectSize
from personae.stats.distributions import normal_quantile, normal_two_sided
from personae.stats.intervals import FloatArray, finite
from personae.stats.paired import mean_ranks

#: Up to so many scores in both groups together every way of dealing them out is counted.
EXACT_UP_TO = 40


def pooled_d(low: Sequence[float], high: Sequence[float], *, ddof: int = 1) -> EffectSize:
    """d = (mean(high) − mean(low)) / √(((n₁ − 1)s₁² + (n₂ − 1)s₂²) / (n₁ + n₂ − 2)), with its large-sample interval.

    `ddof` 0 takes s² over n, as some published figures do. `stats.cohens_d` divides by the mean of the two variances
    instead. Raises UsageError for values that are not finite.

    >>> round(pooled_d([1.0, 2.0, 3.0], [2.0, 4.0, 6.0, 8.0]).d, 4)
    1.4302
    """
    a, b = finite(low), finite(high)
    n = len(a) + len(b)
    if min(len(a), len(b)) < 2:
        return EffectSize(None, None, None, n, "fewer than two values on a side")
    squares = (len(a) - 1) * float(a.var(ddof=ddof)) + (len(b) - 1) * float(b.var(ddof=ddof))
    spread = math.sqrt(squares / (n - 2))
    if spread <= 1e-12 * max(float(np.abs(a).max()), float(np.abs(b).max())):
        return EffectSize(None, None, None, n, "nothing varies within the sides")
    return _with_interval(float(b.mean() - a.mean()) / spread, len(a), len(b))


def hedges_g(low: Sequence[float], high: Sequence[float]) -> EffectSize:
    """Cohen's pooled d less its bias in small samples: g = d·J, J = Γ(m/2) / (√(m/2)·Γ((m − 1)/2)), m = n₁ + n₂ − 2
    (Hedges 1981).

    >>> round(hedges_g([1.0, 2.0, 3.0], [2.0, 4.0, 6.0, 8.0]).d, 4)
    1.2024
    """
    plain = pooled_d(low, high)
    if plain.d is None:
        return plain
    m = plain.n - 2
    correction = math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)
    return _with_interval(plain.d * correction, len(low), len(high))


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """U of the second group, its two-sided p, and U/(n₁n₂): how likely a score of the second is above one of the first.

    Equal scores count half. All are None where a group is empty.
    """

    u: float | None
    p: float | None
    auc: float | None
    n: tuple[int, int]
    reason: str | None = None


def mann_whitney(low: Sequence[float], high: Sequence[float]) -> MannWhitney:
    """Mann & Whitney (1947): exact up to 40 scores, ties included; above by the normal approximation, corrected for
    ties and continuity. Raises UsageError for values that are not finite.

    >>> mann_whitney([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    MannWhitney(u=9.0, p=0.1, auc=1.0, n=(3, 3), reason=None)
    """
    a, b = finite(low), finite(high)
    sizes = (len(a), len(b))
    if not min(sizes):
        return MannWhitney(None, None, None, sizes, "a group is empty")
    ranks = mean_ranks(np.concatenate([a, b]))
    u = float(ranks[len(a) :].sum()) - len(b) * (len(b) + 1) / 2
    p = _exact_p(ranks, sizes[1], u) if sum(sizes) <= EXACT_UP_TO else _approximate_p(ranks, sizes, u)
    return MannWhitney(u, p, u / (sizes[0] * sizes[1]), sizes)


def _with_interval(d: float, n1: int, n2: int) -> EffectSize:
    half = normal_quantile(0.975) * math.sqrt((n1 + n2) / (n1 * n2) + d * d / (2 * (n1 + n2)))
    return EffectSize(d, d - half, d + half, n1 + n2)


def _exact_p(ranks: FloatArray, n2: int, u: float) -> float:
    """Over all choices of n2 of the ranks: how many sums lie as far from the middle."""
    doubled = [round(2 * rank) for rank in ranks]
    total = sum(doubled)
    ways = np.zeros((n2 + 1, total + 1))
    ways[0, 0] = 1.0
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, : total + 1 - rank].copy()
    counts = ways[n2]
    middle = n2 * total / len(doubled)
    away = abs(2 * (u + n2 * (n2 + 1) / 2) - middle)
    far = np.abs(np.arange(total + 1) - middle) >= away - 1e-9
    return min(1.0, float(counts[far].sum() / counts.sum()))


def _approximate_p(ranks: FloatArray, sizes: tuple[int, int], u: float) -> float:
    n1, n2 = sizes
    spread = math.sqrt(n1 * n2 * float(ranks.var(ddof=1)) / (n1 + n2))
    if spread == 0:
        return 1.0
    return min(1.0, normal_two_sided(max(0.0, abs(u - n1 * n2 / 2) - 0.5) / spread))
