"""Many people on the map: where they stand together, how far apart, and what a descriptor does to all of them.

A shift is paired person by person. Its asymmetry is the reason to try two opposite descriptors: a model that follows
one far more than the other has a side. [Mapping and Influencing the Political Ideology of LLMs, 2024]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from personae.errors import UsageError
from personae.stats.cohens_d import EffectSize, cohens_d
from personae.stats.intervals import FloatArray, Interval, mean_interval, wilson
from personae.stats.paired import PairedDifference, compare

Percent = Mapping[str, float]

#: Where an axis is cut into its two halves.
CUT = 50.0


@dataclass(frozen=True)
class Population:
    """People by name with their percent on the same axes. Raises `UsageError` for nobody and unlike axes.

    >>> both = Population({"Ana": {"econ": 80.0, "govt": 40.0}, "Rui": {"econ": 60.0, "govt": 80.0}})
    >>> both.centroid, both.distances["Ana"]
    ({'econ': 70.0, 'govt': 60.0}, 22.360679774997898)
    """

    people: Mapping[str, Percent]

    def __post_init__(self) -> None:
        if not self.people:
            raise UsageError("a population needs somebody with a place on the map")
        if len({tuple(sorted(each)) for each in self.people.values()}) > 1:
            raise UsageError("people of one population stand on the same axes")

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes, in the order of the first person."""
        return tuple(next(iter(self.people.values())))

    @cached_property
    def places_PA(self) -> FloatArray:
        """People × axes, percent."""
        return np.array([[each[axis] for axis in self.axes] for each in self.people.values()], dtype=np.float64)

    @property
    def centroid(self) -> dict[str, float]:
        """The mean of every axis."""
        return dict(zip(self.axes, map(float, self.places_PA.mean(axis=0)), strict=True))

    @property
    def sd(self) -> dict[str, float] | None:
        """The standard deviation (n - 1) of every axis; None with fewer than two people."""
        if len(self.people) < 2:
            return None
        return dict(zip(self.axes, map(float, self.places_PA.std(axis=0, ddof=1)), strict=True))

    @property
    def intervals(self) -> dict[str, Interval]:
        """Every axis' mean with its 95 % interval over people."""
        return {axis: mean_interval(list(self.places_PA[:, at])) for at, axis in enumerate(self.axes)}

    @property
    def distances(self) -> dict[str, float]:
        """How far everybody stands from the centroid, in points of percent over all axes together."""
        apart = np.sqrt(((self.places_PA - self.places_PA.mean(axis=0)) ** 2).sum(axis=1))
        return dict(zip(self.people, map(float, apart), strict=True))

    def quadrants(self, across: str, up: str) -> dict[tuple[str, str], Interval]:
        """The share of people in each quarter of two axes, with Wilson's interval; "high" is above 50 %."""
        counts = Counter((_half(each[across]), _half(each[up])) for each in self.people.values())
        corners = [(a, b) for a in ("low", "high") for b in ("low", "high")]
        return {corner: wilson(counts[corner], len(self.people)) for corner in corners}


@dataclass(frozen=True, slots=True)
class Shift:
    """What changed on one axis: the paired difference (with d_z and p), and d in units of the scatter of both sides."""

    axis: str
    paired: PairedDifference
    pooled_d: EffectSize

    @property
    def points(self) -> float | None:
        """The mean change in points of percent; None where nobody stands on both sides."""
        return self.paired.difference


def shift(before: Population, after: Population, *, seed: int = 0) -> dict[str, Shift]:
    """How far the same people moved, axis by axis; who is in only one of the two is counted as unpaired.

    >>> plain = Population({"Ana": {"econ": 80.0}, "Rui": {"econ": 60.0}})
    >>> moved = Population({"Ana": {"econ": 70.0}, "Rui": {"econ": 40.0}})
    >>> shift(plain, moved)["econ"].points
    -15.0
    """
    if before.axes != after.axes:
        raise UsageError(f"one population stands on {before.axes!r}, the other on {after.axes!r}")
    found = {}
    for axis in before.axes:
        first = {name: each[axis] for name, each in before.people.items()}
        second = {name: each[axis] for name, each in after.people.items()}
        both = sorted(first.keys() & second.keys())
        effect = cohens_d([first[name] for name in both], [second[name] for name in both], paired=True)
        found[axis] = Shift(axis, compare(second, first, seed=seed), effect)
    return found


def asymmetry(plain: Population, one: Population, other: Population, axis: str) -> Interval:
    """How much farther the first descriptor moves people on an axis than the second: mean of |shift| - |shift|.

    Over the people who stand on the map in all three; positive where the first moves more. In points of percent.
    """
    both = sorted(plain.people.keys() & one.people.keys() & other.people.keys())
    at, first, second = ([each.people[name][axis] for name in both] for each in (plain, one, other))
    return mean_interval([abs(b - a) - abs(c - a) for a, b, c in zip(at, first, second, strict=True)])


def _half(percent: float) -> str:
    return "high" if percent > CUT else "low"
