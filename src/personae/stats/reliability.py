"""How far raters agree with themselves, and so how high any metric can correlate with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.stats.correlation import pearson
from personae.stats.intervals import FloatArray, finite

#: Fewer rated things than this give no reliability.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """Split-half reliability of mean ratings, or the reason why there is none.

    split_half:     mean Pearson r between the means of two random halves of each thing's ratings; `spread` is the
                    standard deviation over the splits.
    spearman_brown: R = 2r/(1 + r), the reliability of the mean over all ratings (Spearman 1910; Brown 1910).
    ceiling:        √R, the correlation a metric would have that knew the true score (attenuation, Spearman 1904);
                    None where R is negative, for then the ratings hold nothing that repeats.
    n:              things with at least two ratings, `single` those with fewer, which cannot be split.
    per_thing:      mean number of ratings of the `n` things.
    """

    split_half: float | None
    spearman_brown: float | None
    ceiling: float | None
    n: int
    single: int
    per_thing: float
    splits: int
    spread: float | None = None
    reason: str | None = None


def split_half(ratings: Sequence[Sequence[float]], *, seed: int, splits: int = 200) -> Reliability:
    """Split each thing's ratings at random into two halves, correlate the halves' means over things, and average.

    Raters need not be the same from thing to thing. An odd rating goes to the second half. Splits in which one side
    does not vary are left out. Raises UsageError for a rating that is NaN or infinite.

    >>> found = split_half([[score, score] for score in range(10)], seed=0)
    >>> round(found.split_half, 6), round(found.ceiling, 6)
    (1.0, 1.0)
    """
    rated = [finite(row) for row in ratings if len(row) > 1]
    single = len(ratings) - len(rated)
    per_thing = sum(map(len, rated)) / len(rated) if rated else 0.0
    if len(rated) < FEWEST:
        few = f"{len(rated)} things with two ratings or more; a split needs {FEWEST}"
        return Reliability(None, None, None, len(rated), single, per_thing, splits, reason=few)
    rng = np.random.default_rng(seed)
    groups = _by_count(rated)
    halves = [_halves(groups, rng) for _ in range(splits)]
    found = np.array([r for r in (pearson(a, b) for a, b in halves) if math.isfinite(r)])
    if len(found) < splits / 2:
        flat = "the ratings do not vary from thing to thing"
        return Reliability(None, None, None, len(rated), single, per_thing, splits, reason=flat)
    r, spread = float(found.mean()), float(found.std())
    stepped = spearman_brown(r)
    ceiling = math.sqrt(stepped) if stepped is not None and stepped >= 0 else None
    reason = None if ceiling is not None else "the halves disagree: the ratings hold nothing that repeats"
    return Reliability(r, stepped, ceiling, len(rated), single, per_thing, splits, spread, reason)


def spearman_brown(r: float) -> float | None:
    """The reliability of a test of double length, R = 2r/(1 + r); None at r = −1.

    >>> round(spearman_brown(0.41), 4)
    0.5816
    """
    return 2 * r / (1 + r) if r > -1 else None


def _by_count(rated: Sequence[FloatArray]) -> list[FloatArray]:
    """The things with equally many ratings, as one array each: (things, ratings)."""
    counts = sorted({len(row) for row in rated})
    return [np.stack([row for row in rated if len(row) == count]) for count in counts]


def _halves(groups: Sequence[FloatArray], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """The mean of either half for every thing."""
    first, second = [], []
    for group in groups:
        mixed, middle = rng.permuted(group, axis=1), group.shape[1] // 2
        first.append(mixed[:, :middle].mean(axis=1))
        second.append(mixed[:, middle:].mean(axis=1))
    return np.concatenate(first), np.concatenate(second)
