"""How sure a single number is: intervals for shares, means and any other statistic."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.distributions import normal_quantile, student_quantile

FloatArray = npt.NDArray[np.float64]
Statistic = Callable[[FloatArray], float]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value from `n` observations and its interval; what cannot be had is None, and `reason` says why.

    `n` counts observations; with clusters, `clusters` counts the independent units the interval rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None
    clusters: int | None = None


NOTHING = Interval(None, None, None, 0, reason="no observations")


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """A share with its Wilson score interval (1927), good for small n and shares near 0 or 1.

    Raises UsageError unless 0 ≤ successes ≤ n.

    >>> wilson(8, 10).low
    0.49016247153664183
    """
    if not 0 <= successes <= n:
        raise UsageError(f"{successes!r} successes in {n!r} trials; give 0 ≤ successes ≤ n")
    if n == 0:
        return NOTHING
    z2 = normal_quantile(0.5 + level / 2) ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(share, low, high, n)


def mean_interval(values: Sequence[float], *, level: float = 0.95) -> Interval:
    """The mean with Student's t interval. One value has a mean and no interval. Raises UsageError for NaN or inf.

    >>> interval = mean_interval([1.0, 2.0, 3.0])
    >>> round(interval.low, 3), round(interval.high, 3)
    (-0.484, 4.484)
    """
    array = finite(values)
    n = len(array)
    if n == 0:
        return NOTHING
    mean = float(array.mean())
    if n == 1:
        return Interval(mean, None, None, 1, reason="one observation has no interval")
    half = student_quantile(0.5 + level / 2, n - 1) * float(array.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def bootstrap(
    values: Sequence[float],
    statistic: Statistic = lambda array: float(array.mean()),
    *,
    seed: int,
    n_resamples: int = 2000,
    clusters: Sequence[Hashable] | None = None,
    level: float = 0.95,
) -> Interval:
    """Any statistic with its percentile bootstrap interval; the same seed gives the same interval.

    With `clusters` (one label per value: the statement, the conversation) whole clusters are drawn, so that
    repeated looks at one thing do not count as independent. Percentile intervals are a little too narrow
    below some 20 independent units. Resamples on which the statistic is not finite are left out.

    >>> bootstrap([0.0, 1.0, 1.0, 1.0], seed=1).value
    0.75
    """
    array = finite(values)
    groups = _groups(len(array), clusters)
    independent = len(groups) if clusters is not None else None
    if len(array) == 0:
        return NOTHING
    value = float(statistic(array))
    if not math.isfinite(value):
        return Interval(None, None, None, len(array), "the statistic is undefined on these values", independent)
    if len(groups) == 1:
        what = "one observation" if clusters is None else "one cluster"
        return Interval(value, None, None, len(array), f"{what} has no interval", independent)
    rng = np.random.default_rng(seed)
    drawn = (np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))]) for _ in range(n_resamples))
    resampled = np.array([statistic(array[rows]) for rows in drawn], dtype=np.float64)
    resampled = resampled[np.isfinite(resampled)]
    if len(resampled) < n_resamples / 2:
        return Interval(value, None, None, len(array), "undefined on most resamples", independent)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), len(array), clusters=independent)


def finite(values: Sequence[float]) -> FloatArray:
    """The values as a float array of one axis. Raises UsageError for NaN, infinity or another shape."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise UsageError("statistics need one axis of finite numbers; leave missing values out and count them")
    return array


def _groups(n: int, clusters: Sequence[Hashable] | None) -> list[npt.NDArray[np.intp]]:
    if clusters is None:
        return [np.array([row]) for row in range(n)]
    if len(clusters) != n:
        raise UsageError(f"{n} values but {len(clusters)} cluster labels; give one label per value")
    rows: dict[Hashable, list[int]] = {}
    for row, label in enumerate(clusters):
        rows.setdefault(label, []).append(row)
    return [np.array(members) for members in rows.values()]
