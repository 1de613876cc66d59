"""Johnson's norms of the IPIP-NEO by sex and age: means and standard deviations of summed scores, and T-scores.

T = 50 + 10 (sum - mean) / SD, so it needs every answer of a scale: nothing is filled in. One published mean is refused:
of the long form, neuroticism of women under 21 is 2.9 points off the sum of its own facets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from personae.errors import UsageError
from personae.psychometrics.scoring import ScaleScore
from personae.types import Measurement

Sex = Literal["F", "M"]

#: The order of domains in the published lists.
ORDER = "NEOAC"
#: A domain mean further than this from the sum of its facet means cannot be right; rounding explains less than 1.
OFF = 2.0


@dataclass(frozen=True)
class Norms:
    """Means and SDs of the sums of scales in one group of people.

    length: items of the form, 120 or 300. ages: the youngest and the oldest of the group, in years.
    means, sds: by scale ("N", "N1", …), in points summed over its items. refused: scales whose mean is not to be used,
    and why.
    """

    length: int
    sex: Sex
    ages: tuple[int, int]
    means: Mapping[str, float]
    sds: Mapping[str, float]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a report calls them."""
        who = "women" if self.sex == "F" else "men"
        return f"Johnson's norms of the IPIP-NEO-{self.length}, {who} aged {self.ages[0]} to {self.ages[1]}"

    def items(self, scale: str) -> int:
        """How many items the scale has in the form."""
        return self.length // 5 // (6 if len(scale) > 1 else 1)

    def item_mean(self, scale: str) -> float | None:
        """The mean per item, in points of the response scale; None where the norm is refused."""
        return None if scale in self.refused else self.means[scale] / self.items(scale)

    def t(self, scale: str, total: float) -> Measurement:
        """The T-score of a sum over all items of the scale, or the reason why there is none.

        Raises `UsageError` for a scale that is not there and for a number that is no sum of so many answers.

        >>> round(norms(120, "F", 30).t("E", 88).value, 2)
        54.93
        """
        if scale not in self.means:
            raise UsageError(f"{self.name} have no scale {scale!r}; there are {', '.join(self.means)}")
        items = self.items(scale)
        if not items <= total <= 5 * items:
            raise UsageError(
                f"{total!r} is no sum of the {items} answers of {scale!r}: it lies between {items} and {5 * items}"
            )
        name = f"t.{scale}"
        if why := self.refused.get(scale):
            return Measurement(name, reason=why, n=items)
        return Measurement(name, self._t(scale, total), n=items, unit="T", details={"norms": self.name})

    def _t(self, scale: str, total: float) -> float:
        return 50 + 10 * (total - self.means[scale]) / self.sds[scale]


def norms(length: int, sex: str, age: int) -> Norms:
    """The norms of a form for somebody's sex and age. Raises `UsageError` where there are none, with what there is.

    >>> norms(300, "F", 19).refused["N"]
    'the norm is refused: its mean 180.0 is 2.9 off the sum of its facet means'
    """
    there = [group for group in groups() if group.length == length]
    if not there:
        raise UsageError(f"there are no norms for a form of {length!r} items; there are some for 120 and 300")
    if sex not in ("F", "M"):
        raise UsageError(f"there are norms for the sexes 'F' and 'M' only, not {sex!r}; without norms use POMP")
    for group in there:
        if group.sex == sex and group.ages[0] <= age <= group.ages[1]:
            return group
    raise UsageError(f"there are norms for ages from 10 to 99, not {age!r}")


def t_scores(scores: Iterable[ScaleScore], group: Norms) -> tuple[Measurement, ...]:
    """The T-score of each scale, with the interval of the score; a reason where answers are missing.

    Raises `UsageError` for scores of another form or instrument.
    """
    found = []
    for score in scores:
        if score.scale not in group.means or score.items != group.items(score.scale):
            raise UsageError(f"{group.name} do not fit the scale {score.scale!r} of {score.items} items")
        if score.sum is None or score.imputed:
            why = f"answered {score.answered} of {score.items}; norms are of whole sums"
            found.append(Measurement(f"t.{score.scale}", reason=why, n=score.answered, missing=score.missing))
            continue
        found.append(_with_interval(group.t(score.scale, score.sum), score, group))
    return tuple(found)


@cache
def groups() -> tuple[Norms, ...]:
    """Every group there are norms for."""
    tree = json.loads(files(__package__).joinpath("published", "johnson_norms.json").read_text("utf-8"))
    return tuple(_group(name, values) for name, values in tree.items())


def _group(name: str, values: list[float]) -> Norms:
    """Five domain means, five SDs, then six facet means and six SDs per domain."""
    length, sex, youngest, oldest = name.split("-")
    means = dict(zip(ORDER, values[:5], strict=True))
    sds = dict(zip(ORDER, values[5:10], strict=True))
    refused = {}
    for place, domain in enumerate(ORDER):
        start = 10 + 12 * place
        facets = [f"{domain}{number}" for number in range(1, 7)]
        means |= zip(facets, values[start : start + 6], strict=True)
        sds |= zip(facets, values[start + 6 : start + 12], strict=True)
        off = means[domain] - sum(means[facet] for facet in facets)
        if abs(off) > OFF:
            refused[domain] = (
                f"the norm is refused: its mean {means[domain]} is {abs(off):.1f} off the sum of its facet means"
            )
    return Norms(int(length), cast(Sex, sex), (int(youngest), int(oldest)), means, sds, refused)


def _with_interval(t: Measurement, score: ScaleScore, group: Norms) -> Measurement:
    if t.value is None or score.low is None or score.high is None:
        return t
    low, high = (group._t(score.scale, bound * score.items) for bound in (score.low, score.high))
    return Measurement(t.name, t.value, low=low, high=high, n=t.n, unit=t.unit, details=t.details)
