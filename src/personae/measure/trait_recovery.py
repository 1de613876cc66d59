"""Are assigned poles found again by a blind reader? Success by trait and pole, the gap between poles, and the control.

Source: PsyPlay (2025), back-test. The poles called positive are openness, conscientiousness, extraversion and
agreeableness high, neuroticism low.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from personae.measure.covered import covered
from personae.measure.items import grouped_share, share
from personae.simulate.trait_talks import Dialogue, Reading
from personae.stats.intervals import Interval, wilson
from personae.types import Measurement

#: Ways of dealing the labels anew that the control is taken over.
SHUFFLES = 1000


def positive(reading: Reading) -> bool:
    """Whether the assigned pole is the one people call the better of the two."""
    return (reading.assigned == "high") != (reading.trait == "neuroticism")


def trait_recovery(dialogues: Sequence[Dialogue], *, name: str = "trait_recovery", seed: int = 0) -> list[Measurement]:
    """Success over sides, over dialogues, by pole, the positive less negative gap, and success with shuffled labels.

    `name` is the share of sides whose pole the reader named (the two sides of a talk count as hanging together);
    `….kept` the share of talks in which both were, the rest of the whole talks among the failures; `….control` the
    mean of the same over 1,000 ways of dealing the signs anew among the sides of each trait, with the interval that
    holds 95 % of them ("p": how many do as well as the true labels). With as many highs as lows it is one half for
    any reader, however it leans. Sides without a reading are missing, by outcome. The details hold
    "by_pole", and how many sides named their pole "outright".
    """
    readings = {d.id: d.readings for d in dialogues}
    missing = _missing(dialogues)
    marks = {id: [bool(r.recovered) for r in row if r.named is not None] for id, row in readings.items()}
    first = grouped_share(name, {id: row for id, row in marks.items() if row}, missing)
    read = [reading for row in readings.values() for reading in row if reading.named is not None]
    by_pole = _by_pole(read)
    told = {
        "by_pole": by_pole,
        "outright": sum(r.outright for r in read),
        "said_high": sum(r.named == "high" for r in read) / len(read) if read else None,
        "assigned_high": sum(r.assigned == "high" for r in read) / len(read) if read else None,
    }
    whole = {d.id: float(d.kept) for d in dialogues if d.outcome == "answered" and _all_read(d)}
    lost = _count(d.outcome if d.outcome != "answered" else "unread" for d in dialogues if d.id not in whole)
    numbers = [
        dataclasses.replace(first, details={**first.details, **told}),
        share(f"{name}.kept", whole, lost),
        _gap(f"{name}.gap", read, missing),
        _control(f"{name}.control", read, missing, seed),
    ]
    return [covered(number) for number in numbers]


def _control(name: str, read: Sequence[Reading], missing: Mapping[str, int], seed: int) -> Measurement:
    if not read:
        return Measurement(name, reason="nothing was read", missing=missing, unit="share")
    rows = sorted(read, key=lambda reading: reading.trait)
    assigned, named = (np.array([getattr(r, key) == "high" for r in rows]) for key in ("assigned", "named"))
    traits = np.array([reading.trait for reading in rows])
    rng = np.random.default_rng(seed)
    shares = np.empty(SHUFFLES)
    for number in range(SHUFFLES):
        dealt = np.concatenate([rng.permutation(assigned[traits == trait]) for trait in np.unique(traits)])
        shares[number] = (dealt == named).mean()
    low, high = np.quantile(shares, [0.025, 0.975])
    observed = float((assigned == named).mean())
    p = (int((shares >= observed - 1e-12).sum()) + 1) / (SHUFFLES + 1)
    details = {"chance": _chance(read), "p": p, "shuffles": SHUFFLES, "seed": seed}
    value = float(shares.mean())
    return Measurement(name, value, None, float(low), float(high), len(read), missing, "share", details)


def _chance(read: Sequence[Reading]) -> float:
    """What shuffled labels give on average: one half where as many highs as lows were assigned."""
    total = 0.0
    for trait in {reading.trait for reading in read}:
        row = [reading for reading in read if reading.trait == trait]
        assigned = sum(reading.assigned == "high" for reading in row) / len(row)
        named = sum(reading.named == "high" for reading in row) / len(row)
        total += (assigned * named + (1 - assigned) * (1 - named)) * len(row)
    return total / len(read)


def _gap(name: str, read: Sequence[Reading], missing: Mapping[str, int]) -> Measurement:
    """Success of positive poles less that of negative ones, with Newcombe's interval (1998, method 10)."""
    better = [bool(r.recovered) for r in read if positive(r)]
    worse = [bool(r.recovered) for r in read if not positive(r)]
    if not better or not worse:
        return Measurement(name, reason="poles of one kind only were read", missing=missing, unit="share")
    a, b = wilson(sum(better), len(better)), wilson(sum(worse), len(worse))
    value = sum(better) / len(better) - sum(worse) / len(worse)
    below = math.hypot(_reach(a, "low"), _reach(b, "high"))
    above = math.hypot(_reach(a, "high"), _reach(b, "low"))
    details = {"positive": a.value, "negative": b.value}
    return Measurement(name, value, None, value - below, value + above, len(read), missing, "share", details)


def _reach(share: Interval, side: Literal["low", "high"]) -> float:
    """How far an interval reaches from its value."""
    return abs(float(getattr(share, side)) - float(share.value or 0.0))


def _by_pole(read: Sequence[Reading]) -> dict[str, dict[str, Any]]:
    table = {}
    for key in sorted({(r.trait, r.assigned) for r in read}):
        row = [bool(r.recovered) for r in read if (r.trait, r.assigned) == key]
        found = wilson(sum(row), len(row))
        table[" ".join(key)] = {"value": found.value, "low": found.low, "high": found.high, "n": found.n}
    return table


def _all_read(dialogue: Dialogue) -> bool:
    return bool(dialogue.readings) and all(reading.named is not None for reading in dialogue.readings)


def _missing(dialogues: Sequence[Dialogue]) -> dict[str, int]:
    """Sides without a reading, by how the talk or the reading ended."""
    broken = [d.outcome for d in dialogues if d.outcome != "answered" for _ in d.sides]
    unread = [r.outcome for d in dialogues for r in d.readings if r.named is None]
    return _count([*broken, *unread])


def _count(reasons: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return counts
