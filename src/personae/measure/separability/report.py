"""The separability report: does each assigned trait move its own score, does it move the others, and is it in the text?

Source: PersonaLLM (2024), 32 combinations of Big Five poles with ten people each.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.errors import UsageError
from personae.measure.separability.effects import Effect, effect
from personae.measure.separability.leaks import LeakReport, Stems, leak_report
from personae.measure.separability.people import Person
from personae.measure.separability.recovery import Recovery, recovery
from personae.stats.intervals import Interval
from personae.types import Measurement


@dataclass(frozen=True)
class Separability:
    """matrix[assigned][measured] is the effect of assigning one trait on the score of another; the diagonal is what
    was wanted. `recovery` is None without texts or where it cannot be had (then `no_recovery` says why).
    """

    traits: tuple[str, ...]
    measured: tuple[str, ...]
    matrix: Mapping[str, Mapping[str, Effect]]
    people: int
    groups: int
    missing: Mapping[str, int]
    recovery: Recovery | None = None
    no_recovery: str = ""

    @property
    def own(self) -> Mapping[str, Effect]:
        """The effect of each assigned trait on its own score, of those that were measured."""
        return {trait: self.matrix[trait][trait] for trait in self.traits if trait in self.measured}

    @property
    def spill(self) -> tuple[tuple[str, str, Effect], ...]:
        """(assigned, measured, effect) of all others, the largest |difference| first."""
        others = [
            (a, m, found) for a, row in self.matrix.items() for m, found in row.items() if a != m and found.difference
        ]
        return tuple(sorted(others, key=lambda cell: -abs(cell[2].difference or 0.0)))

    @property
    def measurements(self) -> list[Measurement]:
        """`separability.<trait>` (Cohen's d), then `.leaks`, `.recovery.<trait>` and `.recovery_masked.<trait>`."""
        numbers = [self._effect(trait, found) for trait, found in self.own.items()]
        if self.recovery is None:
            return numbers
        leaks = self.recovery.leaks
        numbers.append(leak_measurement("separability.leaks", leaks))
        for name, told in (("recovery", self.recovery.plain), ("recovery_masked", self.recovery.masked)):
            warning = leaks.warning if name == "recovery" else ""
            numbers += [
                _share(f"separability.{name}.{trait}", found, self.recovery.chance.get(trait), warning)
                for trait, found in told.items()
            ]
        return numbers

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "people": self.people,
            "groups": self.groups,
            "missing": dict(self.missing),
            "matrix": {a: {m: dataclasses.asdict(e) for m, e in row.items()} for a, row in self.matrix.items()},
            "measurements": [found.to_dict() for found in self.measurements],
            "no_recovery": self.no_recovery or None,
            "warning": (self.recovery.leaks.warning or None) if self.recovery else None,
        }

    def _effect(self, trait: str, found: Effect) -> Measurement:
        name, details = f"separability.{trait}", dataclasses.asdict(found)
        n, missing = found.n_high + found.n_low, {"no_score": self.missing.get(trait, 0)}
        missing = {reason: count for reason, count in missing.items() if count}
        if found.d is None:
            return Measurement(name, reason=found.reason, n=n, missing=missing, unit="d", details=details)
        return Measurement(name, found.d, None, found.low, found.high, n, missing, "d", details)


def separability(
    people: Sequence[Person], texts: Sequence[Person] = (), *, stems: Stems | None = None, seed: int = 0
) -> Separability:
    """The report on people with scores, and on texts by the same or other people with assigned poles.

    Texts that the people carry themselves count as well. Missing scores are counted by trait and left out. People of
    one group (the same poles) are repeats of one prompt: intervals draw groups again, not people. Raises `UsageError`
    where there are no scores and no texts.
    """
    written = [person for person in (*people, *texts) if person.text.strip()]
    scored = [person for person in people if person.scores]
    if not scored and not written:
        raise UsageError("neither scores nor texts to separate anything by")
    traits = tuple(dict.fromkeys(trait for person in (*people, *texts) for trait in person.assigned))
    measured = tuple(dict.fromkeys(trait for person in scored for trait in person.scores))
    measured = tuple(sorted(measured, key=lambda trait: traits.index(trait) if trait in traits else len(traits)))
    matrix = {a: {m: _cell(scored, a, m, seed) for m in measured} for a in traits} if scored else {}
    missing = Counter({m: sum(m not in person.scores for person in people) for m in measured})
    found, why = None, ""
    if written:
        try:
            found = recovery(written, stems=stems)
        except UsageError as error:
            why = str(error)
    groups = len({person.group for person in scored or written})
    return Separability(traits, measured, matrix, len(scored or written), groups, +missing, found, why)


def leak_measurement(name: str, leaks: LeakReport) -> Measurement:
    """The share of texts that name a trait outright, with the words they do it by."""
    details = {"by_trait": dict(leaks.by_trait), "words": dict(leaks.words), "warning": leaks.warning}
    if leaks.share is None:
        return Measurement(name, reason="no texts", unit="share", details=details)
    return Measurement(name, leaks.share, n=leaks.n, unit="share", details=details)


def leaks_of(people: Sequence[Person], stems: Stems | None = None) -> LeakReport:
    """The leaks of the texts people wrote."""
    return leak_report([person.text for person in people if person.text.strip()], stems)


def _cell(people: Sequence[Person], assigned: str, measured: str, seed: int) -> Effect:
    there = [person for person in people if assigned in person.assigned and measured in person.scores]
    return effect(
        [person.scores[measured] for person in there],
        [person.assigned[assigned] for person in there],
        units=[person.group for person in there],
        seed=seed,
    )


def _share(name: str, found: Interval, chance: float | None, warning: str) -> Measurement:
    details = {"majority": chance, "clusters": found.clusters, "warning": warning}
    if found.value is None:
        return Measurement(name, reason=found.reason or "no texts", n=found.n, unit="share", details=details)
    return Measurement(name, found.value, None, found.low, found.high, found.n, {}, "share", details)
