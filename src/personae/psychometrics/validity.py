"""Do scores mean what they are called? The same traits by another method, and what they should go with outside.

Convergent: two methods agree on a trait. Discriminant: and not on others. Criterion: what the trait should go with, or
against, it does. `study.py` boils a model's study down to what the gate asks; here is the whole table, with intervals
that draw whole units. [Personality Traits in LLMs 2023]
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.psychometrics.study import CRITERIA
from personae.stats.coefficient import Coefficient
from personae.stats.covariances import correlated
from personae.stats.multitrait import MultiTrait, multitrait

#: Published studies want the difference of convergent and discriminant correlations to be at least this.
WANTED_DIFFERENCE = 0.40

Scores = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One relation that a trait should have: the sign expected, and the correlation found.

    shown: True where the whole interval has the sign, False where the correlation itself has the other sign, None where
    neither can be said.
    """

    trait: str
    outside: str
    expected: int
    r: Coefficient

    @property
    def shown(self) -> bool | None:
        """Whether the relation is there."""
        if self.r.value is None:
            return None
        if self.r.value * self.expected < 0:
            return False
        bounds = (self.r.low, self.r.high)
        return True if None not in bounds and all(bound * self.expected > 0 for bound in bounds if bound) else None


@dataclass(frozen=True)
class Validity:
    """The multitrait–multimethod table of the traits both methods have, in that order, and every criterion."""

    traits: tuple[str, ...]
    matrix: MultiTrait
    criteria: tuple[Criterion, ...]

    @property
    def separable(self) -> bool | None:
        """Whether traits agree across methods clearly more than different traits do; None where it is unknown."""
        value = self.matrix.difference.value
        return None if value is None else value >= WANTED_DIFFERENCE


def validity(
    own: Scores,
    other: Scores,
    outside: Scores | None = None,
    *,
    expected: Mapping[str, Mapping[str, int]] = CRITERIA,
    units: Sequence[Hashable] | None = None,
    seed: int = 0,
    n_resamples: int = 1000,
) -> Validity:
    """From scores by trait of the same respondents in the same order, NaN where one is missing.

    own, other: the traits by two methods; at least two traits are in both.
    outside:    scores on what traits should go with, by the names in `expected` (trait → name → +1 or −1).
    units:      the model or persona behind each respondent; intervals then draw whole units.
    Raises `UsageError` for columns of unequal length and for fewer than two common traits.

    >>> rng = np.random.default_rng(0)
    >>> true = {trait: rng.normal(size=200) for trait in "EN"}
    >>> heard = {trait: values + rng.normal(size=200) for trait, values in true.items()}
    >>> found = validity(true, heard, {"negative_affect": true["N"] + rng.normal(size=200)})
    >>> found.separable, [(each.trait, each.shown) for each in found.criteria if each.trait == "N"]
    (True, [('N', True)])
    """
    traits = tuple(trait for trait in own if trait in other)
    if len(traits) < 2:
        raise UsageError(
            f"two traits or more must be in both methods; {list(own)!r} and {list(other)!r} share {len(traits)}"
        )
    if len({len(values) for side in (own, other, outside or {}) for values in side.values()}) > 1:
        raise UsageError(
            "the columns of scores differ in length; give one score per respondent, NaN where it is missing"
        )
    first, second = (np.column_stack([side[trait] for trait in traits]) for side in (own, other))
    matrix = multitrait(first, second, seed=seed, n_resamples=n_resamples, units=units)
    drawn = {"seed": seed, "n_resamples": n_resamples}
    criteria = tuple(
        Criterion(trait, name, sign, correlated(own[trait], outside[name], units=units, **drawn))
        for trait, names in expected.items()
        for name, sign in names.items()
        if trait in own and outside and name in outside
    )
    return Validity(traits, matrix, criteria)
