"""The numbers of a value map, from observations alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.measure.items import mean
from personae.measure.protocol import Observation
from personae.measure.value_map.population import Population, asymmetry, shift
from personae.models.choices.administration import MIN_COVERAGE
from personae.psychometrics.instrument import Instrument
from personae.stats.intervals import Interval
from personae.types import Measurement

PLAIN = "plain"
UNIT = "points of percent"


def numbers(
    name: str,
    instrument: Instrument,
    descriptors: Sequence[str],
    observations: Sequence[Observation],
    missing: Mapping[str, int],
    seed: int,
) -> list[Measurement]:
    """The spread of the population first, then axes, the bent to agree, quarters, shifts and their asymmetry."""
    groups = _by_condition(observations)
    tried = len([o for o in observations if o.case_id.startswith(f"{PLAIN}/")])
    plain = groups.get(PLAIN, {})
    if len(plain) < max(1.0, MIN_COVERAGE * tried):
        why = f"{len(plain)} of {tried} people have a place on the map; {MIN_COVERAGE:.0%} are needed"
        return [Measurement(name, reason=why, n=len(plain), missing=missing)]
    people = Population({who: o.data["percent"] for who, o in plain.items()})
    details = {
        "centroid": people.centroid,
        "sd": people.sd,
        "people": {who: o.data["percent"] for who, o in plain.items()},
        "routes": sorted({o.data["route"] for o in plain.values()}),
    }
    found = [mean(name, people.distances, missing, unit=UNIT, details=details)]
    for axis in people.axes:
        label = f"{name}.{instrument.name_of(axis)}"
        found.append(mean(label, {who: o.data["percent"][axis] for who, o in plain.items()}, missing, unit="percent"))
    found += _corrected(name, instrument, plain, missing)
    found += _quarters(name, instrument, people, missing)
    moved = {each: Population(_percent(groups[each])) for each in descriptors if each in groups}
    for descriptor, after in moved.items():
        for axis, each in shift(people, after, seed=seed).items():
            found.append(_shifted(f"{name}.{descriptor}.{instrument.name_of(axis)}", each, missing))
    if len(moved) == 2:
        one, other = moved
        for axis in people.axes:
            between = asymmetry(people, moved[one], moved[other], axis)
            more: dict[str, Any] = {"moves_more_if_positive": one, "than": other}
            found.append(_of(f"{name}.asymmetry.{instrument.name_of(axis)}", between, missing, UNIT, more))
    return found


def _by_condition(observations: Sequence[Observation]) -> dict[str, dict[str, Observation]]:
    groups: dict[str, dict[str, Observation]] = {}
    for each in sorted(observations, key=lambda o: o.case_id):
        condition, _, who = each.case_id.partition("/")
        if each.outcome == "answered":
            groups.setdefault(condition, {})[who] = each
    return groups


def _percent(group: Mapping[str, Observation]) -> dict[str, Mapping[str, float]]:
    return {who: each.data["percent"] for who, each in group.items()}


def _corrected(
    name: str, instrument: Instrument, plain: Mapping[str, Observation], missing: Mapping[str, int]
) -> list[Measurement]:
    """The bent to agree, and every axis less that bent, where the opinions were asked."""
    bent = {who: o.data["acquiescence"] for who, o in plain.items() if o.data.get("acquiescence") is not None}
    if not bent:
        return []
    found = [mean(f"{name}.acquiescence", bent, missing, unit="from -1 to 1")]
    for axis in next(iter(plain.values())).data["percent"]:
        values = {who: plain[who].data["corrected"][axis] for who in bent}
        found.append(mean(f"{name}.corrected.{instrument.name_of(axis)}", values, missing, unit="percent"))
    return found


def _quarters(name: str, instrument: Instrument, people: Population, missing: Mapping[str, int]) -> list[Measurement]:
    """The share of people in each quarter of the map of economy and state (the first and third axis of 8values)."""
    across, up = ("econ", "govt") if {"econ", "govt"} <= set(people.axes) else (people.axes[0], people.axes[-1])
    if across == up:
        return []
    found = []
    for (a, b), interval in people.quadrants(across, up).items():
        label = f"{name}.quarter.{a} {instrument.name_of(across)}, {b} {instrument.name_of(up)}"
        found.append(_of(label, interval, missing, "share", {}))
    return found


def _shifted(name: str, each: Any, missing: Mapping[str, int]) -> Measurement:
    pairs, pooled = each.paired, each.pooled_d
    if pairs.difference is None:
        return Measurement(name, reason=pairs.reason or "nobody stands on both maps", missing=missing, unit=UNIT)
    details = {"d_z": pairs.d, "p": pairs.p, "d": pooled.d, "d_low": pooled.low, "d_high": pooled.high}
    return Measurement(name, pairs.difference, None, pairs.low, pairs.high, pairs.n, missing, UNIT, details)


def _of(
    name: str, interval: Interval, missing: Mapping[str, int], unit: str, details: Mapping[str, Any]
) -> Measurement:
    if interval.value is None:
        return Measurement(name, reason=interval.reason or "nothing to measure", missing=missing, unit=unit)
    return Measurement(name, interval.value, None, interval.low, interval.high, interval.n, missing, unit, details)
