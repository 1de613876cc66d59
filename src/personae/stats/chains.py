"""Chains of hits and misses: how long the streaks are, what chance would give, and whether misses come in heaps.

A chain is a row of marks, one per step in order, True where the step was hit. (BehaviorChain, 2025: chain score CAM and
longest streak; expectation and permutation test as specified in section 6 of the role-play specification.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError

#: Orders of the same marks that a chain is held against.
PERMUTATIONS = 1_000

Marks = Sequence[bool] | Sequence[int]


def streaks(marks: Marks) -> list[int]:
    """The current streak of hits after each step; a miss sets it to 0.

    >>> streaks([1, 1, 0, 1])
    [1, 2, 0, 1]
    """
    found, run = [], 0
    for mark in marks:
        run = run + 1 if mark else 0
        found.append(run)
    return found


def cam(marks: Marks) -> float:
    """The chain score: the sum of the current streaks over that of a perfect chain, n(n + 1)/2; 0 … 1.

    Raises UsageError for an empty chain.

    >>> cam([1, 1, 0, 1]), round(cam([1, 0] * 5), 4)
    (0.4, 0.0909)
    """
    return sum(streaks(_some(marks))) / _perfect(len(marks))


def max_chain(marks: Marks) -> float:
    """The longest streak over the length of the chain, 0 … 1.

    >>> max_chain([1, 1, 0, 1]), max_chain([1, 0] * 5)
    (0.5, 0.1)
    """
    return max(streaks(_some(marks))) / len(marks)


def expected_cam(n: int, p: float) -> float:
    """The mean chain score of n steps that are hit independently with probability p.

    A streak of k or more ends at n − k + 1 places, each with probability pᵏ, so the mean is Σ (n − k + 1)·pᵏ over
    n(n + 1)/2. That is (p/(1 − p))·(n − p(1 − pⁿ)/(1 − p)) over the same, without its 0/0 at p = 1.

    >>> round(expected_cam(16, 0.25), 4), round(expected_cam(16, 0.6), 4), expected_cam(10, 1.0)
    (0.0384, 0.1599, 1.0)
    """
    if n < 1 or not 0 <= p <= 1:
        raise UsageError(f"a chain of {n!r} steps hit with probability {p!r}; give one step or more and 0 ≤ p ≤ 1")
    return math.fsum((n - k + 1) * p**k for k in range(1, n + 1)) / _perfect(n)


@dataclass(frozen=True, slots=True)
class Snowball:
    """Whether misses bring further misses: the chain score held against the same marks in any order.

    cam, shuffled: mean chain score as it went, and of the permutations; low, high: their central 95 %.
    p:             share of permutations with at least this chain score, (k + 1)/(N + 1). Small means that hits, and so
                   misses, come in heaps. A high p says that they alternate or that there is nothing to see.
    movable:       chains in which hits and misses both occur; the others have one order only and say nothing.
    """

    cam: float
    shuffled: float
    low: float
    high: float
    p: float
    chains: int
    movable: int
    permutations: int

    @property
    def excess(self) -> float:
        """How far the chain score is above what its own marks give in random order."""
        return self.cam - self.shuffled


def snowball(chains: Sequence[Marks], *, permutations: int = PERMUTATIONS, seed: int = 0) -> Snowball:
    """Hold chains against seeded permutations, each chain shuffled within itself.

    Raises UsageError for no chain, an empty one, or no permutation.

    >>> heaps = snowball([[1] * 8 + [0] * 8])
    >>> heaps.p < 0.01, heaps.cam > heaps.high, snowball([[1, 0] * 8]).p > 0.9
    (True, True, True)
    """
    if not chains or permutations < 1:
        raise UsageError(f"{len(chains)} chains and {permutations!r} permutations; the test needs one of each")
    rng = np.random.default_rng(seed)
    observed = math.fsum(cam(marks) for marks in chains) / len(chains)
    total = np.zeros(permutations)
    for marks in chains:
        row = np.array([bool(mark) for mark in marks])
        total += _cams(rng.permuted(np.tile(row, (permutations, 1)), axis=1))
    shuffled = total / len(chains)
    low, high = np.quantile(shuffled, [0.025, 0.975])
    at_least = int((shuffled >= observed - 1e-12).sum())
    return Snowball(
        cam=observed,
        shuffled=float(shuffled.mean()),
        low=float(low),
        high=float(high),
        p=(at_least + 1) / (permutations + 1),
        chains=len(chains),
        movable=sum(0 < sum(map(bool, marks)) < len(marks) for marks in chains),
        permutations=permutations,
    )


def _cams(rows: np.ndarray) -> np.ndarray:
    """The chain score of each row of marks."""
    run = np.zeros(len(rows))
    total = np.zeros(len(rows))
    for column in rows.T:
        run = (run + 1) * column
        total += run
    return total / _perfect(rows.shape[1])


def _perfect(n: int) -> float:
    return n * (n + 1) / 2


def _some(marks: Marks) -> Marks:
    if not len(marks):
        raise UsageError("a chain without a step has no score")
    return marks
