"""Over models: does a persona move what is said of oneself, and does it move what is done?

For each model the persona's mean less the baseline's, on a self-report and on a task; over models Wilcoxon's
signed-rank test, with the interval of the mean and how many moved as expected. The expected sign is stated before
anything is looked at: a behaviour that moves the other way is no success. One model is one observation, however many
rows it has.
[The Personality Illusion, 2025]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from personae.errors import UsageError
from personae.stats.intervals import mean_interval
from personae.stats.paired import cohen_dz, wilcoxon

Sign = Literal[1, -1]
Verdict = Literal["follows", "says and does not", "turns against", "does and does not say", "neither moves", "too few"]

#: With fewer models than this Wilcoxon's test cannot come below .05, and nothing is said.
FEWEST = 6
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Shift:
    """How one number moves over the models that have it under both conditions.

    deltas:   model → persona − baseline, in the number's own units.   expected: +1 or −1, stated beforehand.
    mean, low, high: with Student's t interval over models.   d: the mean in standard deviations of the deltas.
    as_expected: models that moved in the expected direction.   p: Wilcoxon's signed-rank, two-sided.
    unpaired: models with only one of the two conditions.
    """

    name: str
    deltas: Mapping[str, float]
    expected: Sign
    mean: float | None
    low: float | None
    high: float | None
    d: float | None
    as_expected: int
    p: float | None
    unpaired: int

    @property
    def n(self) -> int:
        """Models."""
        return len(self.deltas)

    @property
    def up(self) -> int:
        """Models whose number rose."""
        return sum(delta > 0 for delta in self.deltas.values())

    @property
    def direction(self) -> int:
        """+1 where it surely moved as expected, −1 where it surely moved the other way, else 0."""
        if self.p is None or self.mean is None or self.p >= ALPHA:
            return 0
        return 1 if self.mean * self.expected > 0 else -1


@dataclass(frozen=True, slots=True)
class Dissociation:
    """A self-report beside a behaviour, and what the two together say."""

    report: Shift
    behaviour: Shift

    @property
    def verdict(self) -> Verdict:
        """In words. That something does not move surely is no proof that it stands still: look at its interval."""
        if min(self.report.n, self.behaviour.n) < FEWEST:
            return "too few"
        if self.report.direction != 1:
            return "does and does not say" if self.behaviour.direction else "neither moves"
        return {1: "follows", 0: "says and does not", -1: "turns against"}[self.behaviour.direction]  # type: ignore[return-value]


def shift(name: str, baseline: Mapping[str, float], persona: Mapping[str, float], *, expected: Sign) -> Shift:
    """From one number per model and condition. Raises `UsageError` for an expected sign that is neither 1 nor −1.

    >>> before, after = {"a": 3.0, "b": 3.5, "c": 2.0}, {"a": 4.0, "b": 4.0, "c": 2.5, "d": 1.0}
    >>> found = shift("agreeableness", before, after, expected=1)
    >>> found.as_expected, round(found.mean, 3), found.p, found.unpaired
    (3, 0.667, 0.25, 1)
    """
    if expected not in (1, -1):
        raise UsageError(f"the expected sign of {name!r} is {expected!r}; state 1 or -1 before you look")
    shared = sorted(baseline.keys() & persona.keys())
    deltas = {model: persona[model] - baseline[model] for model in shared}
    interval = mean_interval(list(deltas.values()))
    effect = cohen_dz(list(deltas.values()))
    return Shift(
        name,
        deltas,
        expected,
        interval.value,
        interval.low,
        interval.high,
        effect[0] if effect else None,
        sum(delta * expected > 0 for delta in deltas.values()),
        wilcoxon(list(deltas.values())) if deltas else None,
        len(baseline.keys() ^ persona.keys()),
    )
