"""What a simulated user leaves behind: pairs of replies with the one they prefer, and how users part for a test.

The label is the reply with the higher R_u; a pair the user is indifferent to, or that lacks a score, has none and is
counted. [PersonalLLM 2024]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.simulate.population.mixtures import rewards
from personae.stats.intervals import FloatArray

#: Pairs in a history, least and most, and of a user who is tested [PersonalLLM 2024].
HISTORY, TEST_HISTORY = (25, 50), (3, 5)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two replies to one prompt."""

    prompt: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair as one user sees it. `margin` is R of the chosen reply less R of the other, > 0."""

    prompt: str
    chosen: str
    rejected: str
    margin: float


@dataclass(frozen=True)
class History:
    """One user: weights on the scorers, what they chose, and how many pairs drawn for them have no label."""

    user: int
    weights: FloatArray
    choices: tuple[Labelled, ...]
    unlabelled: int = 0


def histories(
    weights_UB: npt.ArrayLike,
    pairs: Sequence[Pair],
    scores_a_PB: npt.ArrayLike,
    scores_b_PB: npt.ArrayLike,
    *,
    seed: int,
    length: tuple[int, int] = HISTORY,
) -> tuple[History, ...]:
    """One history per user, of `length` pairs (least, most) drawn without repetition.

    scores: standardised scores of the first and of the second replies, pairs × scorers.
    Raises UsageError where pairs and scores do not match, or there are fewer pairs than a history may hold.

    >>> told = histories([[1.0, 0.0]], [Pair("Hi", "yes", "no")], [[1.0, 0.0]], [[0.0, 3.0]], seed=0, length=(1, 1))
    >>> told[0].choices[0].chosen, told[0].choices[0].margin
    ('yes', 1.0)
    """
    margins_PB = np.asarray(scores_a_PB, dtype=np.float64) - np.asarray(scores_b_PB, dtype=np.float64)
    if margins_PB.ndim != 2 or len(margins_PB) != len(pairs):
        raise UsageError(f"scores of shape {margins_PB.shape} for {len(pairs)} pairs; give pairs × scorers")
    least, most = length
    if not 1 <= least <= most or most > len(pairs):
        raise UsageError(f"histories of {least} to {most} pairs from {len(pairs)}; give 1 ≤ least ≤ most ≤ pairs")
    weights = np.asarray(weights_UB, dtype=np.float64)
    margins_UP = rewards(weights, margins_PB)
    rng = np.random.default_rng(seed)
    found = []
    for user, row in enumerate(margins_UP):
        drawn = rng.choice(len(pairs), int(rng.integers(least, most + 1)), replace=False)
        choices = tuple(_labelled(pairs[at], float(row[at])) for at in drawn if abs(row[at]) > 0)
        found.append(History(user, weights[user], choices, len(drawn) - len(choices)))
    return tuple(found)


def part(users: int, test: float, *, seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Users to learn from and users to test on, as sorted numbers; nobody is both. `test` is a share in (0, 1).

    >>> [len(side) for side in part(10, 0.2, seed=0)]
    [8, 2]
    """
    held = round(users * test)
    if not 0 < held < users:
        raise UsageError(f"a share of {test!r} of {users!r} users leaves one side empty; give more users")
    order = np.random.default_rng(seed).permutation(users).tolist()
    return tuple(sorted(order[held:])), tuple(sorted(order[:held]))


def _labelled(pair: Pair, margin: float) -> Labelled:
    first, second = (pair.a, pair.b) if margin > 0 else (pair.b, pair.a)
    return Labelled(pair.prompt, first, second, abs(margin))
