"""How far groups of people moved between two questionnaires, trait by trait, and what of it the interaction explains.

Writing alone moves people too, in the released data even more than meeting somebody does. So a movement in company is
called an effect of the interaction only beside the same group's movement alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from personae.errors import UsageError
from personae.stats.anova import OneWay, one_way
from personae.stats.cohens_d import EffectSize, cohens_d
from personae.stats.distributions import student_quantile
from personae.stats.intervals import Interval

Condition = Literal["solo", "pair"]

NO_CONTROL = "refused: no solo control, so drift in company cannot be told from drift by writing"


@dataclass(frozen=True, slots=True)
class Person:
    """One person's trait scores before and after writing. `group` is the profile, `condition` how they wrote."""

    id: str
    group: str
    condition: Condition
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TraitDrift:
    """One trait of one group in one condition: means, one-way ANOVA of before against after, Cohen's d."""

    group: str
    condition: Condition
    trait: str
    before: float
    after: float
    anova: OneWay
    effect: EffectSize
    n: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be said of the interaction's effect on one trait of one group.

    difference: mean change in company less mean change alone (Welch's 95 % interval), in points of the questionnaire.
    verdict:    "more than alone", "less than alone", "no difference shown", or why nothing may be said. "More" is in
                the direction of the difference: the trait ended higher than it did alone.
    """

    group: str
    trait: str
    difference: Interval
    verdict: str


def drift(people: Iterable[Person]) -> tuple[TraitDrift, ...]:
    """Drift by group, condition and trait, in order of appearance. Raises UsageError for scores that do not match.

    d = Δmean / √((s₁² + s₂²)/2). [LLM Agents in Interaction 2024]

    >>> moved = [Person(str(i), "dry", "solo", {"openness": 1.0 + i}, {"openness": 2.0 + i}) for i in range(3)]
    >>> [(row.trait, row.effect.d, row.anova.F) for row in drift(moved)]
    [('openness', 1.0, 1.5)]
    """
    rows = []
    for (group, condition), members in _cells(people).items():
        for trait in members[0].before:
            before, after = _column(members, trait)
            centres = float(np.mean(before)), float(np.mean(after))
            effect = cohens_d(before, after, paired=True)
            test = one_way(before, after) if len(members) > 1 else _untested()
            rows.append(TraitDrift(group, condition, trait, *centres, test, effect, len(members)))
    return tuple(rows)


def claims(people: Iterable[Person]) -> tuple[Claim, ...]:
    """What may be said of every trait of every group that met somebody; without its solo control, nothing.

    >>> met = [Person(str(i), "dry", "pair", {"openness": 1.0}, {"openness": 2.0 + i}) for i in range(3)]
    >>> claims(met)[0].verdict[:24]
    'refused: no solo control'
    """
    cells = _cells(people)
    found = []
    for (group, condition), members in cells.items():
        if condition == "pair":
            alone = cells.get((group, "solo"), ())
            found += [_claim(group, trait, members, alone) for trait in members[0].before]
    return tuple(found)


def apart(people: Iterable[Person], trait: str, condition: Condition) -> OneWay:
    """Are the groups different in a trait before they write? One-way ANOVA over the groups of a condition."""
    cells = [members for (_, how), members in _cells(people).items() if how == condition]
    if len(cells) < 2:
        raise UsageError(f"{len(cells)} groups in {condition!r}; two are needed to be apart")
    return one_way(*([person.before[trait] for person in members] for members in cells))


def _claim(group: str, trait: str, together: Sequence[Person], alone: Sequence[Person]) -> Claim:
    if len(alone) < 2 or len(together) < 2:
        why = NO_CONTROL if len(alone) < 2 else "refused: fewer than two people met somebody"
        return Claim(group, trait, Interval(None, None, None, len(together), why), why)
    before, after = _column(together, trait)
    alone_before, alone_after = _column(alone, trait)
    difference = _welch(np.subtract(after, before), np.subtract(alone_after, alone_before))
    verdict = "no difference shown"
    if difference.low is not None and difference.low > 0:
        verdict = "more than alone"
    elif difference.high is not None and difference.high < 0:
        verdict = "less than alone"
    return Claim(group, trait, difference, verdict)


def _welch(a: np.ndarray, b: np.ndarray) -> Interval:
    """The difference of two means with Welch's t interval (1947)."""
    value = float(a.mean() - b.mean())
    parts = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    n = len(a) + len(b)
    if sum(parts) <= 1e-24:
        return Interval(value, value, value, n)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    half = student_quantile(0.975, df) * sum(parts) ** 0.5
    return Interval(value, value - half, value + half, n)


def _cells(people: Iterable[Person]) -> dict[tuple[str, Condition], list[Person]]:
    cells: dict[tuple[str, Condition], list[Person]] = {}
    for person in people:
        cells.setdefault((person.group, person.condition), []).append(person)
    traits = {frozenset(scores) for members in cells.values() for p in members for scores in (p.before, p.after)}
    if len(traits) > 1:
        raise UsageError("people answered different questionnaires; give scores on the same traits to all")
    return cells


def _column(members: Sequence[Person], trait: str) -> tuple[list[float], list[float]]:
    return [person.before[trait] for person in members], [person.after[trait] for person in members]


def _untested() -> OneWay:
    return OneWay(None, 1, 0, None, None, "one person")
