"""Shares of things that hang together: the turns of one talk, the answers of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.stats.intervals import NOTHING, Interval, wilson

#: Turns of one talk are taken to hang together at least this much, even where the data happen not to show it.
LEAST_ICC = 0.1


def clustered_share(groups: Mapping[str, Sequence[bool]]) -> Interval:
    """The share of True over all groups, with Wilson's interval on the effective number of observations.

    `n` counts observations, `clusters` groups. The effective number is n / (1 + (m − 1)·ICC), with m observations per
    group (Kish 1965) and the ICC from the analysis of variance (Fleiss, Levin & Paik 2003, ch. 15), at least 0.1.

    >>> share = clustered_share({"a": [False] * 16, "b": [False] * 16})
    >>> share.value, round(share.high, 3), share.n
    (0.0, 0.228, 32)
    """
    filled = [[float(value) for value in values] for values in groups.values() if values]
    n = sum(map(len, filled))
    if not n:
        return NOTHING
    share = sum(map(sum, filled)) / n
    per_group = n / len(filled)
    effective = n / (1 + (per_group - 1) * max(LEAST_ICC, intraclass_correlation(filled)))
    interval = wilson(round(share * effective), round(effective))
    low, high = min(interval.low or 0.0, share), max(interval.high or 0.0, share)
    return Interval(share, low, high, n, clusters=len(filled))


def intraclass_correlation(groups: Sequence[Sequence[float]]) -> float:
    """One-way ICC from the analysis of variance, 0 … 1; 0 where nothing varies or there is only one group.

    >>> intraclass_correlation([[1.0, 1.0], [0.0, 0.0]])
    1.0
    """
    n, k = sum(map(len, groups)), len(groups)
    if k < 2 or n <= k:
        return 0.0
    grand = sum(map(sum, groups)) / n
    means = [sum(group) / len(group) for group in groups]
    between = sum(len(group) * (mean - grand) ** 2 for group, mean in zip(groups, means, strict=True)) / (k - 1)
    within = sum((x - mean) ** 2 for group, mean in zip(groups, means, strict=True) for x in group) / (n - k)
    size = (n - sum(len(group) ** 2 for group in groups) / n) / (k - 1)
    spread = between + (size - 1) * within
    return max(0.0, (between - within) / spread) if spread else 0.0
