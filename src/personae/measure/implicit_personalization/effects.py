"""How much answers differ between two groups of users who asked the same: numbers, no model.

An effect is the mean of a − b over the same tasks, with a bootstrap interval and a sign-flip permutation p,
(1 + draws at least as far from zero) / (1 + draws). Likeness is read as in the study: a judge's 1 … 5 becomes
(s − 1) / 4, and the share above .8 is held against one half by a one-sided exact binomial test.
[Implicit Personalization in Language Models 2024]
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from personae.errors import UsageError
from personae.stats.intervals import bootstrap, finite

ALIKE = 0.8  #: answers more alike than this count as the same
FLIPS = 10_000

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Effect:
    """The mean of a − b over the tasks both sides have.

    low, high:  95 % percentile bootstrap interval of the mean; None with fewer than two pairs.
    p:          two-sided sign-flip p, in (0, 1].
    a, b:       the means of the two sides over the shared tasks.
    n, unpaired: tasks on both sides, and on one only.
    """

    mean: float
    low: float | None
    high: float | None
    p: float
    a: float
    b: float
    n: int
    unpaired: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the answers of two sides are: mean 0 … 1, the share above .8, and how likely so large a share is by
    chance if every second pair were alike (one-sided, exact)."""

    mean: float
    share: float
    p: float
    n: int


def effect(a: Mapping[K, float], b: Mapping[K, float], *, seed: int = 0, n_flips: int = FLIPS) -> Effect:
    """The effect of cue a against cue b on a number per task. Raises UsageError where no task is on both sides.

    >>> found = effect({"t1": 3.0, "t2": 5.0, "t3": 4.0}, {"t1": 2.0, "t2": 3.0, "t4": 9.0})
    >>> found.mean, found.n, found.unpaired
    (1.5, 2, 2)
    """
    shared = [key for key in a if key in b]
    if not shared:
        raise UsageError("no task has an answer on both sides; pairs are made by the task's id")
    one, other = finite([a[key] for key in shared]), finite([b[key] for key in shared])
    differences = one - other
    interval = bootstrap(list(differences), seed=seed)
    return Effect(
        float(differences.mean()),
        interval.low,
        interval.high,
        permutation_p(list(differences), seed=seed, n_flips=n_flips),
        float(one.mean()),
        float(other.mean()),
        len(shared),
        len(a.keys() ^ b.keys()),
    )


def permutation_p(differences: Sequence[float], *, seed: int = 0, n_flips: int = FLIPS) -> float:
    """(1 + #) / (1 + B): # of B seeded sign patterns whose mean lies at least as far from zero as the observed one.

    Equal answers throughout give 1.0: nothing speaks for an effect.

    >>> permutation_p([0.0, 0.0])
    1.0
    """
    array = finite(differences)
    if not len(array) or n_flips < 1:
        raise UsageError(f"{len(array)} differences, {n_flips!r} draws; give one or more of each")
    array = array[array != 0]  # a sign changes nothing about a zero
    if not len(array):
        return 1.0
    observed = abs(float(array.sum())) - 1e-12 * float(np.abs(array).sum())
    rng = np.random.default_rng(seed)
    hits, left = 0, n_flips
    while left:
        rows = min(left, max(1, 1_000_000 // len(array)))
        signs = rng.integers(0, 2, size=(rows, len(array)), dtype=np.int8) * 2.0 - 1.0
        hits += int((np.abs(signs @ array) >= observed).sum())
        left -= rows
    return (1 + hits) / (1 + n_flips)


def similarity(score: float) -> float:
    """A likeness judged 1 … 5 as 0 … 1.

    >>> similarity(1), similarity(4), similarity(5)
    (0.0, 0.75, 1.0)
    """
    if not 1 <= score <= 5:
        raise UsageError(f"a likeness is judged 1 … 5, not {score!r}")
    return (score - 1) / 4


def likeness(similarities: Sequence[float]) -> Likeness:
    """Mean likeness, the share above .8 and its one-sided p. Raises UsageError for none.

    >>> likeness([1.0, 1.0, 1.0, 0.5])
    Likeness(mean=0.875, share=0.75, p=0.3125, n=4)
    """
    array = finite(similarities)
    if not len(array):
        raise UsageError("no similarities; a likeness needs one pair of answers or more")
    above = int((array > ALIKE).sum())
    return Likeness(float(array.mean()), above / len(array), at_least(above, len(array)), len(array))


def at_least(successes: int, n: int) -> float:
    """Exact chance of `successes` or more in `n` fair throws.

    >>> at_least(3, 4), at_least(0, 4)
    (0.3125, 1.0)
    """
    if not 0 <= successes <= n:
        raise UsageError(f"{successes!r} of {n!r} is no binomial outcome")
    tail = sum(math.comb(n, k) for k in range(successes, n + 1))
    return tail / (1 << n)  # whole numbers divided once: exact for any n
