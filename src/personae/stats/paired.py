"""Two measurements of the same things: how much they differ, how surely, and how large that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.counts import binomial_two_sided
from personae.stats.distributions import normal_quantile, normal_two_sided
from personae.stats.intervals import FloatArray, finite, mean_interval

EXACT_FLIPS = 14  #: up to this many pairs all 2ⁿ sign patterns are tried
EXACT_RANKS = 50  #: up to this many non-zero differences the Wilcoxon null distribution is counted out


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean of a − b over the ids both have.

    low, high:     95 % t interval of the mean difference; None with fewer than two pairs.
    d, d_low, d_high: Cohen's d_z = mean / standard deviation of the differences, with its large-sample
                   interval; None when the differences do not vary.
    p:             two-sided sign-flip permutation test of a zero mean; None without pairs.
    n, unpaired:   ids in both, and ids in only one of the two.
    """

    difference: float | None
    low: float | None
    high: float | None
    d: float | None
    d_low: float | None
    d_high: float | None
    p: float | None
    n: int
    unpaired: int
    reason: str | None = None


def compare(a: Mapping[str, float], b: Mapping[str, float], *, seed: int = 0) -> PairedDifference:
    """Compare two runs item by item; items that only one of them has are counted, not guessed.

    Raises UsageError for values that are not finite.

    >>> after, before = {"q1": 3.0, "q2": 4.0, "q3": 6.0}, {"q1": 2.0, "q2": 3.0, "q3": 3.0, "q4": 1.0}
    >>> result = compare(after, before)
    >>> round(result.difference, 3), result.n, result.unpaired
    (1.667, 3, 1)
    """
    shared = sorted(a.keys() & b.keys())
    unpaired = len(a.keys() ^ b.keys())
    differences = finite([a[key] - b[key] for key in shared])
    interval = mean_interval(list(differences))
    d, d_low, d_high = cohen_dz(differences) or (None, None, None)
    p = sign_flip(differences, seed=seed) if len(shared) else None
    reason = "no item is in both" if not shared else interval.reason
    return PairedDifference(
        interval.value, interval.low, interval.high, d, d_low, d_high, p, len(shared), unpaired, reason
    )


def cohen_dz(differences: Sequence[float] | FloatArray) -> tuple[float, float, float] | None:
    """Cohen's d for paired data and its 95 % interval, or None when there is no spread to divide by.

    d_z = mean / sd (n − 1); standard error √(1/n + d²/2n) (Hedges & Olkin 1985, large samples).

    >>> cohen_dz([1.0, 2.0, 3.0])[0]
    2.0
    """
    array = finite(list(differences))
    if len(array) < 2 or float(array.std(ddof=1)) <= 1e-12 * max(1.0, float(np.abs(array).max())):
        return None
    d = float(array.mean() / array.std(ddof=1))
    half = normal_quantile(0.975) * math.sqrt(1 / len(array) + d * d / (2 * len(array)))
    return d, d - half, d + half


def sign_flip(differences: Sequence[float] | FloatArray, *, seed: int = 0, n_flips: int = 10_000) -> float:
    """Two-sided p that the mean is zero, by flipping signs: exact up to 14 pairs, else seeded draws, (k+1)/(N+1).

    >>> sign_flip([1.0, 2.0, 3.0])
    0.25
    """
    array = finite(list(differences))
    n = len(array)
    if n == 0:
        raise UsageError("a sign-flip test needs at least one pair")
    observed = abs(float(array.sum())) - 1e-12 * float(np.abs(array).sum())
    if n <= EXACT_FLIPS:
        signs = 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ array) >= observed).mean())
    rng = np.random.default_rng(seed)
    hits, left = 0, n_flips
    while left:
        rows = min(left, max(1, 1_000_000 // n))
        signs = rng.choice(np.array([-1.0, 1.0]), size=(rows, n))
        hits += int((np.abs(signs @ array) >= observed).sum())
        left -= rows
    return (hits + 1) / (n_flips + 1)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar p from the discordant pairs: items only a got right, items only b got right.

    Without discordant pairs nothing speaks for a difference: 1.0.

    >>> mcnemar(0, 6)
    0.03125
    """
    if min(only_a, only_b) < 0:
        raise UsageError(f"counts of discordant pairs are ≥ 0, not {only_a!r} and {only_b!r}")
    return binomial_two_sided(only_a, only_a + only_b)


def wilcoxon(differences: Sequence[float]) -> float:
    """Two-sided p of Wilcoxon's signed-rank test; zero differences are dropped, ties share their mean rank.

    Up to 50 non-zero differences the null distribution is counted out exactly (ties included); above that the
    normal approximation with tie and continuity correction. All differences zero: 1.0.

    >>> wilcoxon([1.0, 2.0, 3.0, 4.0, 5.0])
    0.0625
    """
    array = finite(list(differences))
    array = array[array != 0]
    n = len(array)
    if n == 0:
        return 1.0
    ranks = mean_ranks(np.abs(array))
    positive = float(ranks[array > 0].sum())
    if n <= EXACT_RANKS:
        return _exact_rank_p(ranks, positive)
    centre = n * (n + 1) / 4
    spread = math.sqrt(float((ranks**2).sum()) / 4)
    return min(1.0, normal_two_sided(max(0.0, abs(positive - centre) - 0.5) / spread))


def mean_ranks(values: Sequence[float] | FloatArray) -> FloatArray:
    """Ranks from 1; equal values share the mean of their ranks.

    >>> [float(rank) for rank in mean_ranks([10.0, 20.0, 20.0])]
    [1.0, 2.5, 2.5]
    """
    array = np.asarray(values, dtype=np.float64)
    _, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: FloatArray = (last - (counts - 1) / 2)[inverse]
    return ranks


def _exact_rank_p(ranks: FloatArray, positive: float) -> float:
    doubled = [round(2 * rank) for rank in ranks]
    ways = np.zeros(sum(doubled) + 1)  # whole numbers up to 2⁵⁰, which floats hold exactly
    ways[0] = 1
    for rank in doubled:
        ways[rank:] += ways[:-rank].copy()
    target = round(2 * positive)
    smaller = min(target, len(ways) - 1 - target)
    return min(1.0, 2 * float(ways[: smaller + 1].sum()) / float(2 ** len(doubled)))
