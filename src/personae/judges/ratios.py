"""Scores of a reply beside scores of a reference: the mean ratio, the mean log-ratio, and the effect of the order.

The mean of a/b is not the inverse of the mean of b/a, so that it flatters whoever is on top; the log-ratio has no such
lean. MMRole (2024) reports the mean ratio alone, with zeros that its own scale does not have.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from personae.errors import UsageError
from personae.judges.summary import MIN_COVERAGE, too_few
from personae.types import Measurement

LOW, HIGH = 1.0, 10.0

Mode = Literal["strict", "as_published"]


def score_ratios(
    pairs: Sequence[tuple[float, float]], *, mode: Mode = "strict", min_coverage: float = MIN_COVERAGE
) -> tuple[Measurement, Measurement]:
    """The mean of a/b and the mean of log(a/b) over pairs (score of the reply, score of the reference).

    "strict" leaves out pairs with a score outside 1 … 10 and counts them as "out_of_range"; "as_published" keeps them
    in the ratio, as the release of MMRole does, and leaves out of the log-ratio only what has no logarithm. Intervals
    are 95 % t intervals. Raises `UsageError` for an unknown mode, a reference of 0, or a score that is no number ≥ 0.

    >>> ratio, log_ratio = score_ratios([(10, 5), (5, 10)])
    >>> ratio.value, log_ratio.value
    (1.25, 0.0)
    """
    if mode not in ("strict", "as_published"):
        raise UsageError(f"unknown mode {mode!r}; known are 'strict' and 'as_published'")
    for a, b in pairs:
        if not (math.isfinite(a) and math.isfinite(b) and a >= 0 and b > 0):
            raise UsageError(f"the scores {(a, b)!r} have no ratio; give numbers ≥ 0, the reference above 0")
    inside = [(a, b) for a, b in pairs if LOW <= a <= HIGH and LOW <= b <= HIGH]
    kept = pairs if mode == "as_published" else inside
    positive = [(a, b) for a, b in kept if a > 0]
    ratios = [a / b for a, b in kept]
    logs = [math.log(a / b) for a, b in positive]
    out = len(pairs) - len(inside)
    share = 0.0 if mode == "as_published" else min_coverage
    return (
        _mean("ratio", ratios, len(pairs), {"out_of_range": out}, mode, share),
        _mean("log_ratio", logs, len(pairs), {"out_of_range": len(pairs) - len(logs)}, mode, share),
    )


def order_effect(shown_first: Sequence[float], shown_second: Sequence[float], *, seed: int = 0) -> Measurement:
    """How much a reply gains by being shown first: the mean of log(a/b) shown first minus shown second, item by item.

    0 is a judge that looks at the replies alone; above 0 it favours what it reads first. The details hold the p value
    of a two-sided sign-flip test and `favours`: "first", "second" or "neither" (p ≥ .05).

    >>> effect = order_effect([0.2, 0.1, 0.3, 0.2, 0.1, 0.2], [0.0] * 6)
    >>> effect.details["favours"], round(effect.details["p"], 3)
    ('first', 0.031)
    """
    from personae.stats.intervals import mean_interval
    from personae.stats.paired import sign_flip

    if len(shown_first) != len(shown_second):
        raise UsageError(f"{len(shown_first)} items were shown first but {len(shown_second)} second; give both orders")
    if not shown_first:
        return Measurement("order_effect", reason="no item was judged in both orders")
    differences = [first - second for first, second in zip(shown_first, shown_second, strict=True)]
    interval = mean_interval(differences)
    p = sign_flip(differences, seed=seed)
    side = "first" if sum(differences) > 0 else "second"
    details = {"p": p, "favours": side if p < 0.05 else "neither"}
    return Measurement(
        "order_effect", interval.value, None, interval.low, interval.high, len(differences), details=details
    )


def _mean(
    name: str, values: Sequence[float], planned: int, missing: dict[str, int], mode: Mode, share: float
) -> Measurement:
    from personae.stats.intervals import mean_interval

    counted = {reason: count for reason, count in missing.items() if count}
    details = {"mode": mode}
    if reason := too_few(len(values), planned, share):
        return Measurement(name, reason=reason, n=len(values), missing=counted, details=details)
    interval = mean_interval(values)
    return Measurement(name, interval.value, None, interval.low, interval.high, len(values), counted, details=details)
