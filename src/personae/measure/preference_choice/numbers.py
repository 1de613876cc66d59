"""From answers under several conditions to numbers: accuracy, lift between floor and ceiling, and the breakdowns."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from personae.measure.decisions.measure import credit_of
from personae.measure.preference_choice.item import PreferenceItem
from personae.models.choices import Administration, Asked
from personae.models.choices.administration import MIN_COVERAGE
from personae.stats.intervals import bootstrap
from personae.types import Measurement

#: With less room between floor and ceiling a share of it says nothing.
MIN_ROOM = 0.05
#: With more different distances than this they are put into four bins of equal size.
MAX_DISTANCES = 8
#: A label with more values than this is no breakdown.
MAX_VALUES = 40

Credits = Mapping[str, float]


def lift(
    name: str, credits: Credits, floor: Credits, ceiling: Credits, users: Mapping[str, str], *, seed: int = 0
) -> Measurement:
    """(accuracy − floor) / (ceiling − floor) over the questions answered under all three; 1 is an oracle, 0 is blind.

    95 % bootstrap interval, drawn by user. A reason instead where less than .05 lies between floor and ceiling.

    >>> asked = [str(number) for number in range(40)]
    >>> one, none = dict.fromkeys(asked, 1.0), dict.fromkeys(asked, 0.25)
    >>> lift("lift", one, none, one, {}).value, lift("lift", one, one, one, {}).reason
    (1.0, 'the ceiling 1.00 is not .05 above the floor 1.00; nothing is left to gain')
    """
    ids = [id for id in credits if id in floor and id in ceiling]
    if not ids:
        return Measurement(name, reason="no question was answered with its history, without it and with its passage")
    table = np.array([(credits[id], floor[id], ceiling[id]) for id in ids])
    reached, low, high = (float(value) for value in table.mean(axis=0))
    details = {"accuracy": reached, "floor": low, "ceiling": high}
    if high - low < MIN_ROOM:
        why = f"the ceiling {high:.2f} is not .05 above the floor {low:.2f}; nothing is left to gain"
        return Measurement(name, reason=why, n=len(ids), details=details)

    def ratio(rows: Any) -> float:
        means = table[rows.astype(int)].mean(axis=0)
        return float((means[0] - means[1]) / (means[2] - means[1])) if means[2] > means[1] else float("nan")

    found = bootstrap(
        [float(row) for row in range(len(ids))], ratio, seed=seed, clusters=[users.get(id) or id for id in ids]
    )
    return Measurement(
        name, (reached - low) / (high - low), None, found.low, found.high, len(ids), unit="ratio", details=details
    )


def accuracy(name: str, done: Administration, tried: int, missing: Mapping[str, int]) -> Measurement:
    """Share of right answers under one condition, with a reason where fewer than nine in ten were answered."""
    answered = len(done.credits())
    if answered < MIN_COVERAGE * tried or not done.asked:
        why = f"{answered} of {tried} questions were answered; {MIN_COVERAGE:.0%} are needed"
        return Measurement(name, reason=why, n=answered, missing=dict(missing), unit="share")
    return dataclasses.replace(done.measurements(name)[0], missing=dict(missing))


def lost(asked: Sequence[Asked]) -> dict[str, int]:
    """Questions without an answer, by outcome; those that named several letters each time as "ambiguous"."""
    return dict(Counter(_why(one) for one in asked if not one.answered))


def credits_of(asked: Sequence[Asked]) -> dict[str, float]:
    """The share of orders in which each answered question was right."""
    found = {one.mcq.id: credit_of(one) for one in asked}
    return {id: value for id, value in found.items() if value is not None}


def breakdown(
    items: Sequence[PreferenceItem], conditions: Mapping[str, Credits], first: str, users: Mapping[str, str], seed: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """By label, by distance and by context length: n, accuracy under each condition, and lift where it can be had."""
    groups: dict[str, dict[str, list[str]]] = {}
    for item in items:
        for label, value in item.labels.items():
            groups.setdefault(label, {}).setdefault(value, []).append(item.id)
    for label, numbers in (
        ("distance", {item.id: item.distance for item in items if item.distance is not None}),
        ("context_length", {item.id: item.context_length for item in items if item.context_length is not None}),
    ):
        if numbers:
            groups[label] = binned(numbers)
    return {
        label: {value: _row(ids, conditions, first, users, seed) for value, ids in values.items()}
        for label, values in groups.items()
        if len(values) <= MAX_VALUES
    }


def binned(numbers: Mapping[str, int]) -> dict[str, list[str]]:
    """Ids by number; of more than eight different numbers in four bins of like size, named by their ends.

    >>> binned({"a": 1, "b": 1, "c": 4})
    {'1': ['a', 'b'], '4': ['c']}
    """
    values = sorted(set(numbers.values()))
    if len(values) <= MAX_DISTANCES:
        return {str(value): [id for id, number in numbers.items() if number == value] for value in values}
    cuts = [float(cut) for cut in np.quantile(list(numbers.values()), [0.25, 0.5, 0.75])]
    rows: dict[int, list[str]] = {}
    for id, number in numbers.items():
        rows.setdefault(sum(number > cut for cut in cuts), []).append(id)
    return {
        f"{min(numbers[id] for id in ids)}–{max(numbers[id] for id in ids)}": ids for _, ids in sorted(rows.items())
    }


def _row(
    ids: Sequence[str], conditions: Mapping[str, Credits], first: str, users: Mapping[str, str], seed: int
) -> dict[str, Any]:
    kept = {name: {id: credits[id] for id in ids if id in credits} for name, credits in conditions.items()}
    row: dict[str, Any] = {"n": len(ids)}
    row |= {name: sum(part.values()) / len(part) if part else None for name, part in kept.items()}
    if "floor" in kept and "ceiling" in kept:
        found = lift("lift", kept[first], kept["floor"], kept["ceiling"], users, seed=seed)
        row |= {"lift": found.value, "low": found.low, "high": found.high}
    return row


def _why(one: Asked) -> str:
    ambiguous = [answer.why.startswith("ambiguous") for answer in one.answers]
    return "ambiguous" if ambiguous and all(ambiguous) else one.outcome
