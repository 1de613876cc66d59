"""Do the same people score the same again? Test–retest correlation, and agreement that a shift lowers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from personae.stats.coefficient import Coefficient
from personae.stats.covariances import correlated
from personae.stats.intraclass import icc_a1


@dataclass(frozen=True, slots=True)
class Retest:
    """Stability over two occasions.

    r:        Pearson's r over people, with its bootstrap interval: keeps their order.
    icc:      ICC(A,1): keeps their values too.
    shift:    mean of second − first; None without pairs.
    n:        people with a score on both; `unpaired` those with one.
    """

    r: Coefficient
    icc: Coefficient
    shift: float | None
    n: int
    unpaired: int


#: Fewer people than this give no test–retest correlation.
FEWEST = 10


def retest(
    first: Mapping[str, float], second: Mapping[str, float], *, seed: int = 0, n_resamples: int = 1000
) -> Retest:
    """Scores by person on two occasions; a person without a score is not in it. Raises UsageError for infinity.

    >>> once = {str(person): float(person) for person in range(12)}
    >>> found = retest(once, {person: score + 2 for person, score in once.items()})
    >>> round(found.r.value, 6), round(found.icc.value, 3), found.shift
    (1.0, 0.867, 2.0)
    """
    both = sorted(first.keys() & second.keys())
    unpaired = len(first.keys() ^ second.keys())
    scores = np.array([[first[who], second[who]] for who in both], dtype=np.float64).reshape(-1, 2)
    shift = float((scores[:, 1] - scores[:, 0]).mean()) if both else None
    if len(both) < FEWEST:
        few = Coefficient(reason=f"{len(both)} people answered twice; test–retest needs {FEWEST}", n=len(both))
        return Retest(few, few, shift, len(both), unpaired)
    r = correlated(scores[:, 0], scores[:, 1], seed=seed, n_resamples=n_resamples)
    return Retest(r, icc_a1(scores), shift, len(both), unpaired)
