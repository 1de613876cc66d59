"""How far two groups of scores lie apart: Cohen's d, Hedges' g, AUC and the Mann–Whitney test."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.correlation import auc
from personae.stats.distributions import normal_two_sided
from personae.stats.intervals import FloatArray, finite
from personae.stats.paired import mean_ranks

#: Up to so many values the null distribution of U is counted out, above it is taken as normal.
EXACT = 30
RESAMPLES = 2000
#: With very many units fewer resamples do, this many draws of a unit in all but never fewer than 200 resamples.
DRAWS = 4_000_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What a high group has over a low one; None, with the reason, where a number cannot be had.

    difference: mean(high) − mean(low), in points.
    d:          (m₁ − m₀) / √(((n₁−1)s₁² + (n₀−1)s₀²) / (n₁+n₀−2)) with s² over n, as PersonaLLM (2024) has it.
    g:          Hedges' g: the same with s² over n − 1, times 1 − 3/(4(n₁+n₀) − 9) (Hedges & Olkin, 1985).
    auc:        how likely a high one scores above a low one, 0 … 1. u: Mann–Whitney's U = auc·n₁·n₀; p: two-sided.
    low, high:  95 % interval of d over independent units, drawn again; `units` counts them.
    """

    n_high: int
    n_low: int
    difference: float | None = None
    d: float | None = None
    g: float | None = None
    auc: float | None = None
    u: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    units: int = 0
    reason: str | None = None


def effect(
    scores: Sequence[float],
    high: Sequence[bool],
    *,
    units: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Effect:
    """The effect of being assigned `high` on the scores, one of each per person.

    units: what is independent, one label per person; people of one prompt are repeats of one unit. Every person is its
           own unit where none are given. The interval draws units again; the Mann–Whitney p does not know them.
    Raises `UsageError` for lists of unequal length and scores that are not finite.

    >>> found = effect([1, 2, 3, 4], [False, False, True, True])
    >>> found.difference, found.d, round(found.g, 3), found.auc, round(found.p, 3)
    (2.0, 4.0, 1.616, 1.0, 0.333)
    """
    values, mask = finite(list(scores)), np.array(high, dtype=bool)
    if len(values) != len(mask) or (units is not None and len(units) != len(values)):
        raise UsageError(f"{len(values)} scores, {len(mask)} poles; give one pole and one unit per score")
    n1, n0 = int(mask.sum()), int((~mask).sum())
    if min(n1, n0) < 2:
        return Effect(n1, n0, reason=f"{n1} high and {n0} low; an effect needs two of each")
    labels = list(range(len(values))) if units is None else list(units)
    area, difference = auc(values, mask.tolist()), float(values[mask].mean() - values[~mask].mean())
    p = mann_whitney_p(values[mask], values[~mask])
    shared = (n1, n0, difference)
    spread = _pooled(values, mask, ddof=1)
    k = len(set(labels))
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return Effect(*shared, auc=area, u=area * n1 * n0, p=p, units=k, reason="nothing varies within the groups")
    g = (1 - 3 / (4 * (n1 + n0) - 9)) * difference / spread
    low, top = _interval(values, mask, labels, seed, resamples)
    d = difference / _pooled(values, mask, ddof=0)
    return Effect(*shared, d, g, area, area * n1 * n0, p, low, top, k)


def mann_whitney_p(high: FloatArray, low: FloatArray) -> float:
    """Two-sided p of the Mann–Whitney test, ties sharing their mean rank.

    Counted out exactly up to 30 values together, above that normal with the corrections for ties and continuity.
    """
    ranks = mean_ranks(np.concatenate([high, low]))
    n1, n = len(high), len(ranks)
    total = float(ranks[:n1].sum())
    if n <= EXACT:
        return _exact_p(ranks, n1, total)
    ties = np.unique(ranks, return_counts=True)[1].astype(np.float64)
    spread = n1 * (n - n1) / 12 * ((n + 1) - float((ties**3 - ties).sum()) / (n * (n - 1)))
    away = max(0.0, abs(total - n1 * (n + 1) / 2) - 0.5)
    return min(1.0, normal_two_sided(away / math.sqrt(spread))) if spread > 0 else 1.0


def _exact_p(ranks: FloatArray, n1: int, total: float) -> float:
    """Over all ways to choose n1 of the ranks, twice the smaller tail of their sum."""
    doubled = [round(2 * rank) for rank in ranks]
    ways = [[0] * (sum(doubled) + 1) for _ in range(n1 + 1)]
    ways[0][0] = 1
    for rank in doubled:
        for size in range(n1, 0, -1):
            for sum_ in range(len(ways[0]) - 1, rank - 1, -1):
                ways[size][sum_] += ways[size - 1][sum_ - rank]
    target, counts = round(2 * total), ways[n1]
    tail = min(sum(counts[: target + 1]), sum(counts[target:]))
    return min(1.0, 2 * tail / math.comb(len(ranks), n1))


def _pooled(values: FloatArray, mask: np.ndarray, *, ddof: int) -> float:
    """√ of the two variances weighed by n − 1; `ddof` is that of each variance."""
    a, b = values[mask], values[~mask]
    n1, n0 = len(a), len(b)
    return math.sqrt(float(((n1 - 1) * a.var(ddof=ddof) + (n0 - 1) * b.var(ddof=ddof)) / (n1 + n0 - 2)))


def _interval(
    values: FloatArray, mask: np.ndarray, units: Sequence[Hashable], seed: int, resamples: int
) -> tuple[float | None, float | None]:
    """Percentile interval of d over units drawn again, from the sums of each unit."""
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(unit, len(numbers)) for unit in units])
    k = len(numbers)
    if k < 4:
        return None, None
    centred = values - values.mean()
    powers = (np.ones(len(centred)), centred, centred**2)
    sums = np.array([np.bincount(codes, side * power, k) for side in (mask, ~mask) for power in powers])
    rng, times = np.random.default_rng(seed), min(resamples, max(200, DRAWS // k))
    drawn = rng.multinomial(k, np.full(k, 1 / k), size=times) @ sums.T
    n1, x1, q1, n0, x0, q0 = drawn.T
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = ((n1 - 1) * (q1 / n1 - (x1 / n1) ** 2) + (n0 - 1) * (q0 / n0 - (x0 / n0) ** 2)) / (n1 + n0 - 2)
        ds = (x1 / n1 - x0 / n0) / np.sqrt(variance)
    ds = ds[np.isfinite(ds)]
    if len(ds) < times / 2:
        return None, None
    low, high = np.quantile(ds, [0.025, 0.975])
    return float(low), float(high)
