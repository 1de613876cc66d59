"""Does a metric say what people say? Its correlations with human ratings, each with a bootstrap interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.correlation import IntArray, Numbers, Pairs
from personae.stats.intervals import FloatArray, Interval

#: Fewer rows than this give no correlation: a handful lies on a line too easily.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Validity:
    """Correlations of one metric with the human ratings of the same rows; `auc` is None unless these are 0 or 1."""

    pearson: Interval
    spearman: Interval
    kendall: Interval
    auc: Interval | None

    def above(self, ceiling: float | None, *, surely: bool = False) -> bool:
        """Whether |Pearson r| exceeds what the ratings' own reliability allows: a sign of leakage or of chance.

        `surely` asks it of the whole interval.
        """
        r = self.pearson
        if ceiling is None or r.value is None:
            return False
        if surely:
            return r.low is not None and r.high is not None and max(r.low, -r.high) > ceiling
        return abs(r.value) > ceiling


def validity(
    metric: Numbers,
    human: Numbers,
    *,
    seed: int,
    clusters: Sequence[Hashable] | None = None,
    n_resamples: int = 1000,
    level: float = 0.95,
) -> Validity:
    """Pearson, Spearman, Kendall's tau-b and, for ratings that are all 0 or 1, AUC, with percentile intervals.

    Rows are drawn again, or whole clusters of them (one label per row: the dialogue, the persona). The same seed gives
    the same intervals. What cannot be had is an Interval without value and with its reason: fewer than 10 rows, or one
    side that does not vary. Raises UsageError for lists of unequal length and for values that are not finite.

    >>> found = validity(range(10), [1, 0, 2, 3, 5, 4, 6, 7, 8, 9], seed=0)
    >>> round(found.pearson.value, 3), found.auc is None
    (0.976, True)
    """
    pairs = Pairs.of(metric, human)
    binary = bool(np.isin(human, (0.0, 1.0)).all())
    wanted: list[Callable[[FloatArray | None], float]] = [pairs.pearson, pairs.spearman, pairs.kendall]
    wanted += [pairs.auc] if binary else []
    found = _intervals(pairs, wanted, ("metric", "human rating"), seed, clusters, n_resamples, level)
    return Validity(found[0], found[1], found[2], found[3] if binary else None)


def rank_correlation(
    x: Numbers,
    y: Numbers,
    *,
    seed: int,
    names: tuple[str, str] = ("first number", "second number"),
    clusters: Sequence[Hashable] | None = None,
    n_resamples: int = 1000,
    level: float = 0.95,
) -> Interval:
    """Spearman's rho with its percentile bootstrap interval, on the terms of `validity`; `names` go into the reason.

    >>> round(rank_correlation(range(10), range(10, 20), seed=0).value, 6)
    1.0
    """
    pairs = Pairs.of(x, y)
    return _intervals(pairs, [pairs.spearman], names, seed, clusters, n_resamples, level)[0]


def _intervals(
    pairs: Pairs,
    statistics: Sequence[Callable[[FloatArray | None], float]],
    names: tuple[str, str],
    seed: int,
    clusters: Sequence[Hashable] | None,
    n_resamples: int,
    level: float,
) -> list[Interval]:
    n = len(pairs)
    reason = _why_not(pairs, names)
    if reason:
        return [Interval(None, None, None, n, reason) for _ in statistics]
    codes, k = _cluster_codes(n, clusters)
    independent = k if clusters is not None else None
    values = [statistic(None) for statistic in statistics]
    if k < 2:
        return [Interval(value, None, None, n, "one cluster has no interval", independent) for value in values]
    rng = np.random.default_rng(seed)
    drawn = np.empty((n_resamples, len(statistics)))
    for row in range(n_resamples):
        weights = np.bincount(rng.integers(0, k, k), minlength=k).astype(np.float64)[codes]
        drawn[row] = [statistic(weights) for statistic in statistics]
    return [_interval(value, column, n, level, independent) for value, column in zip(values, drawn.T, strict=True)]


def _interval(value: float, resampled: FloatArray, n: int, level: float, clusters: int | None) -> Interval:
    defined = resampled[np.isfinite(resampled)]
    if not math.isfinite(value) or len(defined) < len(resampled) / 2:
        return Interval(None, None, None, n, "undefined on these rows", clusters)
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), n, clusters=clusters)


def _why_not(pairs: Pairs, names: tuple[str, str]) -> str | None:
    if len(pairs) < FEWEST:
        return f"{len(pairs)} rows; a correlation needs {FEWEST}"
    for name, values in zip(names, (pairs.x, pairs.y), strict=True):
        if float(np.ptp(values)) <= 1e-14 * float(np.abs(values).max()):
            return f"the {name} is the same in every row"
    return None


def _cluster_codes(n: int, clusters: Sequence[Hashable] | None) -> tuple[IntArray, int]:
    if clusters is None:
        return np.arange(n), n
    if len(clusters) != n:
        raise UsageError(f"{n} rows but {len(clusters)} cluster labels; give one label per row")
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(label, len(numbers)) for label in clusters], dtype=np.intp)
    return codes, len(numbers)
