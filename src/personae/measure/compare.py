"""Two runs side by side: the paired difference of every number both have items for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.measure.items import difference
from personae.types import Measurement


def compare_runs(now: Sequence[Measurement], before: Sequence[Measurement]) -> list[Measurement]:
    """One measurement per number of `now`: the mean of now − before over the items both runs have.

    Items are those in `details["values"]`: statements, replies or talks, whichever the number counts. The details
    hold Cohen's d_z with its interval, the permutation p and how many items only one run has. A number that the
    other run does not have becomes a reason.
    """
    earlier = {measurement.name: measurement for measurement in before}
    return [_compare(measurement, earlier.get(measurement.name)) for measurement in now]


def _compare(now: Measurement, before: Measurement | None) -> Measurement:
    if before is None:
        return Measurement(now.name, reason="the other run did not measure it", unit=now.unit)
    mine, theirs = _values(now.details), _values(before.details)
    if not mine or not theirs:
        return Measurement(now.name, reason="one of the runs has no items for it", unit=now.unit)
    return difference(now.name, mine, theirs, {}, unit=now.unit)


def _values(details: Mapping[str, Any]) -> Mapping[str, float]:
    values: Mapping[str, float] = details.get("values", {})
    return values
