"""Do two methods agree on each trait, and only on that? The multitrait–multimethod matrix (Campbell & Fiske 1959)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.coefficient import Coefficient
from personae.stats.covariances import Table, drawn_again, moments
from personae.stats.intervals import FloatArray


@dataclass(frozen=True)
class MultiTrait:
    """Correlations of the same traits measured by two methods; NaN where one does not vary or nobody has both.

    across:        (traits, traits), rows by the first method, columns by the second; convergent r on the diagonal.
    first, second: (traits, traits) within each method.
    by_trait:      convergent r of each trait, with its interval where one was asked for.
    convergent:    mean of the diagonal.
    discriminant:  mean |r| off the diagonal of `across`: what different traits share; small is good.
    difference:    mean over traits of r less the mean |r| of its row and column off the diagonal; ≥ .40 is wanted.

    The three means are over traits whose correlations are defined; `dropped` names the others.
    """

    across: FloatArray
    first: FloatArray
    second: FloatArray
    by_trait: tuple[Coefficient, ...]
    convergent: Coefficient
    discriminant: Coefficient
    difference: Coefficient


def multitrait(
    first_PT: npt.ArrayLike,
    second_PT: npt.ArrayLike,
    *,
    seed: int = 0,
    n_resamples: int = 0,
    units: Sequence[Hashable] | None = None,
) -> MultiTrait:
    """From two tables of the same people × the same traits, NaN where a score is missing.

    With `n_resamples` each convergent r and the three means get 95 % percentile intervals over people, or over whole
    units. Raises UsageError for tables of different shape, or with fewer than two traits.

    >>> rng = np.random.default_rng(0)
    >>> true = rng.normal(size=(300, 3))
    >>> found = multitrait(true + rng.normal(size=true.shape), true + rng.normal(size=true.shape))
    >>> round(found.convergent.value, 1), round(found.difference.value, 1)
    (0.5, 0.4)
    """
    first, second = (np.asarray(scores, dtype=np.float64) for scores in (first_PT, second_PT))
    if first.shape != second.shape or first.ndim != 2 or first.shape[1] < 2:
        raise UsageError(f"give two tables of the same people × two or more traits, not {first.shape}, {second.shape}")
    traits = first.shape[1]
    table = Table.of(_standardised(np.hstack([first, second])))
    exact = _whole(moments(table).correlations, table.kept, 2 * traits)
    across = exact[:traits, traits:]
    values = _summary(across)
    found = [_coefficient(value, trait, across, len(first)) for trait, value in enumerate(values)]
    if n_resamples:
        samples = drawn_again(table, seed=seed, n_resamples=n_resamples, units=units)
        drawn = [
            _summary(_whole(sample.correlations, table.kept, 2 * traits)[:, :traits, traits:]) for sample in samples
        ]
        found = (
            [each.within(column) for each, column in zip(found, np.vstack(drawn).T, strict=True)] if drawn else found
        )
    return MultiTrait(across, exact[:traits, :traits], exact[traits:, traits:], tuple(found[:traits]), *found[traits:])


def mean_convergent(rs: Sequence[float]) -> Coefficient:
    """The plain mean of convergent correlations, as published; a NaN is left out and named. `n` counts correlations.

    >>> round(mean_convergent([0.53, -0.19, 0.12, 0.30, -0.53]).value, 3)
    0.046
    """
    values = np.asarray(rs, dtype=np.float64)
    dropped = tuple(np.flatnonzero(~np.isfinite(values)).tolist())
    defined = values[np.isfinite(values)]
    if not len(defined):
        return Coefficient(reason="no trait has a correlation", dropped=dropped)
    return Coefficient(float(defined.mean()), n=len(defined), dropped=dropped)


def _summary(across: FloatArray) -> FloatArray:
    """(…, traits + 3): each trait's convergent r, and the means convergent, discriminant, difference."""
    traits = across.shape[-1]
    own = np.diagonal(across, axis1=-2, axis2=-1)
    other = np.where(np.eye(traits, dtype=bool), np.nan, np.abs(across))
    both = np.concatenate([other, other.swapaxes(-1, -2)], axis=-1)
    apart = own - _mean(both)
    means = [_mean(own), _mean(other.reshape(*other.shape[:-2], -1)), _mean(apart)]
    return np.concatenate([own, np.stack(means, axis=-1)], axis=-1)


def _mean(values: FloatArray) -> FloatArray:
    """The mean over the last axis of what is defined; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=-1)
    return np.where(count > 0, np.where(there, values, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)


def _coefficient(value: float, trait: int, across: FloatArray, n: int) -> Coefficient:
    if np.isfinite(value):
        undefined = () if trait < len(across) else tuple(np.flatnonzero(~np.isfinite(np.diag(across))).tolist())
        return Coefficient(float(value), n=n, dropped=undefined)
    return Coefficient(reason="one of the methods gives everybody the same score, or nobody has both", n=n)


def _whole(correlations: FloatArray, kept: tuple[int, ...], columns: int) -> FloatArray:
    """Correlations of all columns, NaN where one was dropped."""
    whole = np.full((*correlations.shape[:-2], columns, columns), np.nan)
    whole[..., np.array(kept, dtype=np.intp)[:, None], np.array(kept, dtype=np.intp)] = correlations
    return whole


def _standardised(scores: FloatArray) -> FloatArray:
    """Each column over its largest size, so that no scale drowns another."""
    largest = np.nanmax(np.abs(scores), axis=0, initial=0.0)
    return scores / np.where(largest > 0, largest, 1.0)
