"""Consistency, robustness and fairness of what is believed about groups, and taste for a place in the list.

X is a group's profile: one number from 0 to 100 per domain. Distances are Euclidean, and a = 100 brings each figure to
0 … 1, where 1 is no distance at all. [Can ChatGPT Assess Human Personalities? 2023]
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from personae.stats.counts import ChiSquare
from personae.stats.intervals import FloatArray

#: The constant of the paper.
A = 100.0


@dataclass(frozen=True, slots=True)
class Fairness:
    """Two groups of one set, and how alike they are believed to be, 0 … 1."""

    set: str
    groups: tuple[str, str]
    value: float


def consistency(profiles_RD: Sequence[Sequence[float]] | FloatArray) -> float | None:
    """a / (a + the mean distance of repeats from their mean); None for fewer than two repeats (rows).

    >>> consistency([[50.0, 60.0], [50.0, 40.0]]), consistency([[1.0, 2.0]])
    (0.9090909090909091, None)
    """
    profiles = np.asarray(profiles_RD, dtype=np.float64)
    if len(profiles) < 2:
        return None
    return _near(float(np.linalg.norm(profiles - profiles.mean(axis=0), axis=1).mean()))


def robustness(permuted_D: Sequence[float] | FloatArray, fixed_D: Sequence[float] | FloatArray) -> float:
    """a / (a + the distance between the mean profile with permuted options and the one with options in fixed order).

    >>> robustness([50.0, 50.0], [50.0, 25.0])
    0.8
    """
    return _near(_distance(permuted_D, fixed_D))


def fairness(profiles: Mapping[str, Sequence[float] | FloatArray], set: str = "") -> tuple[Fairness, ...]:
    """a / (a + the distance between the mean profiles) for every two groups.

    >>> [(one.groups, one.value) for one in fairness({"women": [40.0, 60.0], "men": [40.0, 60.0]})]
    [(('women', 'men'), 1.0)]
    """
    pairs = itertools.combinations(profiles, 2)
    return tuple(Fairness(set, pair, _near(_distance(*(profiles[name] for name in pair)))) for pair in pairs)


def position_bias(counts: Sequence[int]) -> ChiSquare:
    """How often each place in the list was chosen, against equal counts: with permuted options no place is special.

    Raises `UsageError` where nothing was chosen.

    >>> found = position_bias([14, 20, 51, 62, 58, 77, 75])
    >>> round(found.statistic, 2), f"{found.p:.1e}"
    (73.57, '7.6e-14')
    """
    return ChiSquare.of(counts)


def _near(distance: float) -> float:
    return A / (A + distance)


def _distance(one: Sequence[float] | FloatArray, other: Sequence[float] | FloatArray) -> float:
    return float(np.linalg.norm(np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)))
