"""How well an answer suits a user (PrefAlign), and how much of what could be gained asking has gained (NormAlign)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from personae.errors import UsageError
from personae.measure.elicitation.need import check_weights
from personae.stats.intervals import bootstrap
from personae.types import Measurement

LOW, HIGH = 1, 5


def pref_align(scores: Mapping[str, int], weights: Mapping[str, float]) -> float:
    """Σ w·s / Σ w over the attributes, with whole scores from 1 to 5: 1 … 5. (PREFDISCO, 2025)

    Raises UsageError for weights that do not sum to 1 (± .05), other attributes than were weighed, and other scores.

    >>> round(pref_align({"length": 5, "jokes": 2}, {"length": 0.75, "jokes": 0.25}), 2)
    4.25
    """
    check_weights(list(weights.values()))
    if scores.keys() != weights.keys():
        odd = sorted(scores.keys() ^ weights.keys())
        raise UsageError(f"scores and weights are not of the same attributes: {odd}; rate each one that is weighed")
    for attribute, score in scores.items():
        if type(score) is not int or not LOW <= score <= HIGH:
            raise UsageError(f"the score of {attribute!r} is {score!r}; scores are whole numbers from {LOW} to {HIGH}")
    return math.fsum(weights[key] * scores[key] for key in weights) / math.fsum(weights.values())


def norm_align(
    found: Sequence[float],
    baseline: Sequence[float],
    oracle: Sequence[float],
    *,
    name: str = "norm_align",
    seed: int = 0,
) -> Measurement:
    """100 · (found − baseline) / (oracle − baseline) of the means over attempts: 100 an oracle, 0 no gain.

    Each sequence holds PrefAlign per attempt, in one order. Negative values mean that asking made the answers worse;
    "negative" in the details is the share of attempts with one, among those whose oracle differs from the baseline.
    The formula is the published one as far as it is known (unverified). A reason where oracle and baseline are equal.
    95 % bootstrap interval over attempts. Raises UsageError for unequal lengths.

    >>> norm_align([4.5, 3.0], [2.0, 3.0], [4.5, 5.0]).value
    55.55555555555556
    >>> norm_align([4.0], [3.0], [3.0]).reason
    'the oracle and the baseline are equal; there is nothing to normalise by'
    """
    if not len(found) == len(baseline) == len(oracle):
        raise UsageError(
            f"{len(found)} attempts, {len(baseline)} baselines and {len(oracle)} oracles; give one for each"
        )
    if not found:
        return Measurement(name, reason="no attempt was rated with and without asking")
    table = np.array([found, baseline, oracle], dtype=np.float64).T
    if not np.isfinite(table).all():
        raise UsageError("PrefAlign must be finite numbers; leave attempts without one out and count them")
    told = table[:, 2] != table[:, 1]
    details = {"negative": float((table[told, 0] < table[told, 1]).mean()) if told.any() else None}
    if not _differ(table):
        why = "the oracle and the baseline are equal; there is nothing to normalise by"
        return Measurement(name, reason=why, n=len(found), details=details)

    def statistic(rows: np.ndarray) -> float:
        drawn = table[rows.astype(int)]
        return _ratio(drawn) if _differ(drawn) else math.nan

    interval = bootstrap([float(row) for row in range(len(found))], statistic, seed=seed)
    return Measurement(name, _ratio(table), None, interval.low, interval.high, len(found), {}, "points", details)


def _differ(table: np.ndarray) -> bool:
    return bool(abs(table[:, 2].mean() - table[:, 1].mean()) > 1e-9)


def _ratio(table: np.ndarray) -> float:
    reached, low, high = (float(value) for value in table.mean(axis=0))
    return 100 * (reached - low) / (high - low)
