"""What a trait study shows: does the score follow the level, do the other scores stay, and where do levels lie?"""

from __future__ import annotations

import dataclasses
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from personae.measure.separability.people import Person
from personae.measure.trait_study.design import Subject
from personae.psychometrics.trait_prompts import DOMAINS, LEVELS
from personae.stats.intervals import Interval
from personae.stats.validity import rank_correlation
from personae.types import Measurement

#: From this rank correlation on, a trait counts as shaped (Personality Traits in LLMs, 2023).
SHAPED = 0.9

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """One subject and its scores by domain (full names); what is missing has a reason in `why`.

    `text` is what it wrote, where it was asked to.
    """

    subject: Subject
    scores: Mapping[str, float | None]
    why: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Shaping:
    """One domain by one outcome.

    rho:     Spearman of level and score, with an interval over biographies drawn again.
    off:     other domain → Spearman of this level and that score; what should be near 0.
    medians: level → median score, of the levels that were asked and answered.
    missing: subjects without a score, by reason.
    """

    domain: str
    outcome: str
    rho: Interval
    off: Mapping[str, Interval]
    medians: Mapping[int, float]
    missing: Mapping[str, int]

    @property
    def shaped(self) -> bool | None:
        """Whether ρ reaches .9; None without a ρ."""
        return None if self.rho.value is None else self.rho.value >= SHAPED - 1e-12

    @property
    def surely(self) -> bool:
        """Whether the whole interval does."""
        return self.rho.low is not None and self.rho.low >= SHAPED - 1e-12

    @property
    def off_target(self) -> float | None:
        """Mean |ρ| with the scores of other domains; None where none can be had."""
        found = [abs(one.value) for one in self.off.values() if one.value is not None]
        return sum(found) / len(found) if found else None

    @property
    def steps_down(self) -> tuple[tuple[int, int], ...]:
        """Neighbouring levels whose median falls where it should rise."""
        levels = sorted(self.medians)
        return tuple((a, b) for a, b in pairwise(levels) if self.medians[b] < self.medians[a])

    @property
    def measurement(self) -> Measurement:
        """`trait_study.<outcome>.<domain>`: ρ."""
        name = f"trait_study.{self.outcome}.{self.domain}"
        details: dict[str, Any] = {
            "shaped": self.shaped,
            "surely": self.surely,
            "off_target": self.off_target,
            "off": {domain: dataclasses.asdict(one) for domain, one in self.off.items()},
            "medians": {str(level): median for level, median in self.medians.items()},
            "steps_down": [list(pair) for pair in self.steps_down],
        }
        if self.rho.value is None:
            return Measurement(name, reason=self.rho.reason, missing=self.missing, unit="rho", details=details)
        return Measurement(
            name, self.rho.value, None, self.rho.low, self.rho.high, self.rho.n, self.missing, "rho", details
        )


def shaping(
    answered: Sequence[Answered], outcome: str = "questionnaire", *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Shaping, ...]:
    """The result of every domain that was given a level, from single or concurrent designs.

    Only subjects that were given a level of the domain count for it. Intervals draw biographies again, because the
    subjects of one biography are one person at different levels. No score is filled in.
    """
    given = [domain for domain in DOMAINS.values() if any(one.subject.level(domain) for one in answered)]
    return tuple(_shaping(answered, domain, outcome, seed, resamples) for domain in given)


def people(answered: Sequence[Answered]) -> tuple[Person, ...]:
    """The subjects as people with assigned poles, for the separability report: the middle level is no pole.

    A group are the subjects of the same levels, a repeat those of the same biography.
    """
    return tuple(
        Person(
            "".join(f"{trait.domain[0].upper()}{trait.level}" for trait in one.subject.traits),
            f"bio-{one.subject.bio}",
            {trait.domain: trait.pole == "high" for trait in one.subject.traits if trait.pole},
            {domain: value for domain, value in one.scores.items() if value is not None},
            one.text,
        )
        for one in answered
    )


def _shaping(answered: Sequence[Answered], domain: str, outcome: str, seed: int, resamples: int) -> Shaping:
    rows = [one for one in answered if one.subject.level(domain) is not None]
    levels = [(level, value) for level, value, _ in _pairs(rows, domain, domain)]
    medians = {
        level: float(statistics.median(value for where, value in levels if where == level))
        for level in LEVELS
        if any(where == level for where, _ in levels)
    }
    missing = Counter(one.why.get(domain, "no_score") for one in rows if one.scores.get(domain) is None)
    others = [other for other in DOMAINS.values() if other != domain and any(other in one.scores for one in rows)]
    return Shaping(
        domain,
        outcome,
        _rho(rows, domain, domain, seed, resamples),
        {other: _rho(rows, domain, other, seed, resamples) for other in others},
        medians,
        dict(missing),
    )


def _rho(rows: Sequence[Answered], domain: str, score: str, seed: int, resamples: int) -> Interval:
    there = _pairs(rows, domain, score)
    return rank_correlation(
        [float(level) for level, _, _ in there],
        [value for _, value, _ in there],
        seed=seed,
        names=(f"level of {domain}", f"score of {score}"),
        clusters=[bio for _, _, bio in there],
        n_resamples=resamples,
    )


def _pairs(rows: Sequence[Answered], domain: str, score: str) -> list[tuple[int, float, int]]:
    """(level of the domain, score, biography) of the subjects that have both."""
    return [
        (level, value, one.subject.bio)
        for one in rows
        if (level := one.subject.level(domain)) is not None and (value := one.scores.get(score)) is not None
    ]
