"""From values per item to measurements: shares, means and paired differences, each with its interval.

The values stay in the details under "values", by item, so that two runs can be compared item by item.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from personae.stats.clustered import clustered_share
from personae.stats.intervals import Interval, mean_interval, wilson
from personae.stats.paired import compare
from personae.types import Measurement


def share(
    name: str,
    values: Mapping[str, float],
    missing: Mapping[str, int],
    *,
    details: Mapping[str, Any] | None = None,
) -> Measurement:
    """The share of items that went right: Wilson's interval when each is 0 or 1, else that of
    their mean, kept within 0 and 1."""
    if values and all(value in (0.0, 1.0) for value in values.values()):
        interval = wilson(int(sum(values.values())), len(values))
        return _measurement(name, interval, values, missing, "share", details)
    measured = mean(name, values, missing, unit="share", details=details)
    if measured.low is None or measured.high is None:
        return measured
    return dataclasses.replace(measured, low=max(0.0, measured.low), high=min(1.0, measured.high))


def grouped_share(name: str, groups: Mapping[str, Sequence[bool]], missing: Mapping[str, int]) -> Measurement:
    """The share of True among things that hang together in groups; "values" are the groups' own shares."""
    interval = clustered_share(groups)
    values = {group: sum(flags) / len(flags) for group, flags in groups.items() if flags}
    if interval.value is None:
        return Measurement(name, reason=_why_empty(missing), missing=missing, unit="share")
    return Measurement(
        name, interval.value, None, interval.low, interval.high, interval.n, missing, "share", {"values": values}
    )


def mean(
    name: str,
    values: Mapping[str, float],
    missing: Mapping[str, int],
    *,
    unit: str,
    details: Mapping[str, Any] | None = None,
) -> Measurement:
    """The mean over items with Student's t interval; a reason instead when there is no item at all."""
    if not values:
        return Measurement(name, reason=_why_empty(missing), missing=missing, unit=unit, details=details or {})
    interval = mean_interval(list(values.values()))
    return _measurement(name, interval, values, missing, unit, details)


def difference(
    name: str, after: Mapping[str, float], before: Mapping[str, float], missing: Mapping[str, int], *, unit: str
) -> Measurement:
    """The mean of `after − before` over the items both have, with interval, effect size d and p in the details."""
    if not after.keys() & before.keys():
        return Measurement(name, reason=_why_empty(missing), missing=missing, unit=unit)
    pairs = compare(after, before)
    values = {id: after[id] - before[id] for id in sorted(after.keys() & before.keys())}
    details = {
        "values": values,
        "d": pairs.d,
        "d_low": pairs.d_low,
        "d_high": pairs.d_high,
        "p": pairs.p,
        "unpaired": pairs.unpaired,
    }
    return Measurement(name, pairs.difference, None, pairs.low, pairs.high, pairs.n, missing, unit, details)


def _measurement(
    name: str,
    interval: Interval,
    values: Mapping[str, float],
    missing: Mapping[str, int],
    unit: str,
    details: Mapping[str, Any] | None,
) -> Measurement:
    kept = {"values": dict(values), **(details or {})}
    return Measurement(name, interval.value, None, interval.low, interval.high, len(values), dict(missing), unit, kept)


def _why_empty(missing: Mapping[str, int]) -> str:
    if not missing:
        return "nothing to measure"
    return "no item carries a value: " + ", ".join(f"{count} {reason}" for reason, count in missing.items())
