"""Do the items of a scale go together? Cronbach's alpha, Guttman's lambda 6, omega total, split-half, item-rest.

All take a table of people × items, *keyed* already (more means more for every item), NaN where an answer is missing.
Gaps are never filled: each pair of items counts the people who answered both. Items in which nothing varies are left
out and named; what cannot be had is a reason. [Personality Traits in LLMs 2023, section on reliability]
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from personae.stats.coefficient import Coefficient
from personae.stats.covariances import Moments, Table, drawn_again, moments
from personae.stats.intervals import FloatArray
from personae.stats.one_factor import AT_REST, minres
from personae.stats.reliability import spearman_brown

#: Correlations with an eigenvalue below this cannot be inverted in a way that means something.
SINGULAR = 1e-8

#: Splits into halves: all of them up to 12 items (462), else so many by chance.
ALL_SPLITS_UP_TO, SPLITS = 12, 200


#: How far the loadings of a sample drawn again may be from rest.
ROUGHLY = 1e-5


def cronbach_alpha(scores_PI: npt.ArrayLike) -> Coefficient:
    """k/(k − 1)·(1 − Σ var_i / var_total) over pairwise covariances (Cronbach 1951), ≤ 1, and below 0 where items go
    against each other.

    >>> round(cronbach_alpha([[1, 2, 1], [2, 2, 3], [3, 4, 3], [5, 4, 5]]).value, 4)
    0.9315
    """
    return _single(scores_PI, "alpha")


def guttman_lambda6(scores_PI: npt.ArrayLike) -> Coefficient:
    """1 − Σ(1 − smc_i) / ΣR over pairwise correlations R, smc_i = 1 − 1/(R⁻¹)_ii (Guttman 1945).

    Correlations that cannot be inverted (an item repeats others, or there are no more people than items) give a reason.
    """
    return _single(scores_PI, "lambda6")


def omega_total(scores_PI: npt.ArrayLike) -> Coefficient:
    """(Σλ)² / ((Σλ)² + Σ(1 − λ²)) with the loadings λ of one minres factor (McDonald 1999), 0 … 1; three items needed.

    R's psych, which looks for several factors first, comes out up to .005 apart.

    >>> people = np.random.default_rng(0).normal(size=(500, 1)) + np.random.default_rng(1).normal(size=(500, 5))
    >>> round(omega_total(people).value, 2)
    0.85
    """
    return _single(scores_PI, "omega")


def item_split_half(scores_PI: npt.ArrayLike, *, seed: int = 0) -> Coefficient:
    """The mean correlation of two halves of the items, stepped up to the whole scale by Spearman and Brown.

    All splits up to 12 items, else 200 seeded ones; of an odd number of items the second half has one more. The mean r
    itself is R / (2 − R). People need not be the same as in `stats.reliability.split_half`, which splits raters.
    """
    return _single(scores_PI, "split_half", seed=seed)


@dataclass(frozen=True, slots=True)
class Consistency:
    """The four coefficients of one scale, with intervals where asked for, and each item's correlation with the rest.

    item_rest: one per column of the table; None where it is undefined or the item was dropped.
    """

    alpha: Coefficient
    lambda6: Coefficient
    omega: Coefficient
    split_half: Coefficient
    item_rest: tuple[float | None, ...]


def internal_consistency(
    scores_PI: npt.ArrayLike,
    *,
    seed: int = 0,
    n_resamples: int = 1000,
    units: Sequence[Hashable] | None = None,
) -> Consistency:
    """All of them at once, with 95 % percentile intervals of a bootstrap over people, or over whole units.

    `units` has one label per person: the model or persona behind a simulated respondent, so that many answers of one
    are not taken for many people. Intervals are left out where half of the samples give no value; `n_resamples` 0
    leaves all out. Raises UsageError for a table that is none.

    >>> rng = np.random.default_rng(0)
    >>> found = internal_consistency(rng.normal(size=(200, 1)) + rng.normal(size=(200, 6)), n_resamples=200)
    >>> found.alpha.low < 6 / 7 < found.alpha.high
    True
    """
    table = Table.of(scores_PI)
    exact = moments(table)
    aids = _Aids(_parts(len(table.kept), seed))
    found = {name: _value(table, exact, name, aids) for name in _STATISTICS}
    wanted = [name for name, each in found.items() if each.value is not None]
    drawn: dict[str, list[FloatArray]] = {name: [] for name in wanted}
    if wanted and n_resamples:
        if "omega" in wanted:
            aids = replace(aids, loadings=minres(exact.correlations))
        for sample in drawn_again(table, seed=seed, n_resamples=n_resamples, units=units):
            for name in wanted:
                drawn[name].append(_STATISTICS[name](sample, aids))
        found |= {name: found[name].within(np.concatenate(drawn[name] or [np.empty(0)])) for name in wanted}
    return Consistency(**found, item_rest=_item_rest(table, exact))


def item_rest(scores_PI: npt.ArrayLike) -> tuple[float | None, ...]:
    """The correlation of each column with the sum of the others; clearly negative where a key is wrong.

    >>> [round(r, 2) for r in item_rest([[1, 1, 4], [2, 2, 5], [3, 3, 3], [4, 6, 2]])]
    [0.8, 0.19, -0.83]
    """
    table = Table.of(scores_PI)
    return _item_rest(table, moments(table))


def complete(scores_PI: npt.ArrayLike) -> FloatArray:
    """Only the people who answered everything (listwise deletion).

    >>> complete([[1, 2], [3, np.nan]]).tolist()
    [[1.0, 2.0]]
    """
    scores = np.asarray(scores_PI, dtype=np.float64)
    return scores[~np.isnan(scores).any(axis=-1)]


@dataclass(frozen=True, slots=True)
class _Aids:
    """What statistics share: splits (splits, items), and loadings to begin from."""

    parts: FloatArray
    loadings: FloatArray | None = None


def _single(scores_PI: npt.ArrayLike, name: str, *, seed: int = 0) -> Coefficient:
    table = Table.of(scores_PI)
    return _value(table, moments(table), name, _Aids(_parts(len(table.kept), seed)))


def _value(table: Table, exact: Moments, name: str, aids: _Aids) -> Coefficient:
    reason = _why_not(table, exact, name)
    if reason is None:
        value = float(_STATISTICS[name](Moments(exact.covariances[None], exact.correlations[None]), aids)[0])
        if np.isfinite(value):
            return Coefficient(value, n=table.n, dropped=table.dropped)
        reason = "the items cancel each other: their sum does not vary enough; check the keys"
    return Coefficient(reason=reason, n=table.n, dropped=table.dropped)


def _why_not(table: Table, exact: Moments, name: str) -> str | None:
    k, needed = len(table.kept), 3 if name == "omega" else 2
    if k < needed:
        left = f", after {len(table.dropped)} without any variation" if table.dropped else ""
        return f"{k} item{'s' * (k != 1)}{left}; {needed} are needed"
    if not np.isfinite(exact.covariances if name in ("alpha", "split_half") else exact.correlations).all():
        return "two of the items were answered by no two of the same people"
    if name in ("lambda6", "omega") and float(np.linalg.eigvalsh(exact.correlations)[0]) < SINGULAR:
        return "the correlations are singular: an item repeats others, or there are too few people"
    return None


def _alpha(sample: Moments, aids: _Aids) -> FloatArray:
    cov = sample.covariances
    k = cov.shape[-1]
    total = _total(cov)
    own: FloatArray = np.trace(cov, axis1=-2, axis2=-1)
    return np.asarray(k / (k - 1) * (1 - own / total))


def _lambda6(sample: Moments, aids: _Aids) -> FloatArray:
    r, usable = _usable(sample.correlations)
    regular = usable & (np.linalg.eigvalsh(r)[..., 0] > SINGULAR)
    inverse = np.linalg.inv(np.where(regular[..., None, None], r, np.eye(r.shape[-1])))
    unique = 1 / np.diagonal(inverse, axis1=-2, axis2=-1)
    return np.where(regular, 1 - unique.sum(axis=-1) / _total(r), np.nan)


def _omega(sample: Moments, aids: _Aids) -> FloatArray:
    r, usable = _usable(sample.correlations)
    loadings = minres(r, aids.loadings, at_rest=AT_REST if aids.loadings is None else ROUGHLY)
    common = loadings.sum(axis=-1) ** 2
    return np.where(usable, common / (common + (1 - loadings**2).sum(axis=-1)), np.nan)


def _split_half(sample: Moments, aids: _Aids) -> FloatArray:
    parts = aids.parts
    first = sample.covariances @ parts.T  # (…, items, splits): the covariance of each item with the first half
    own = np.einsum("sk,...ks->...s", parts, first)
    across = np.einsum("sk,...ks->...s", 1 - parts, first)
    other = _total(sample.covariances)[..., None] - own - 2 * across
    scale = own * other
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where((own > 0) & (other > 0), across / np.sqrt(np.abs(scale)), np.nan)
    mean = np.array([row[np.isfinite(row)].mean() if np.isfinite(row).any() else np.nan for row in r])
    stepped = [spearman_brown(float(value)) if np.isfinite(value) else None for value in mean]
    return np.array([np.nan if value is None else value for value in stepped])


_STATISTICS: dict[str, Callable[[Moments, _Aids], FloatArray]] = {
    "alpha": _alpha,
    "lambda6": _lambda6,
    "omega": _omega,
    "split_half": _split_half,
}


def _total(matrix: FloatArray) -> FloatArray:
    """The sum of all cells; NaN where it is no more than what rounding leaves."""
    total = matrix.sum(axis=(-2, -1))
    scale: FloatArray = np.trace(np.abs(matrix), axis1=-2, axis2=-1)
    return np.where(total > 1e-12 * scale, total, np.nan)


def _usable(correlations: FloatArray) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """The correlations with an identity where one of them is undefined, and where all are defined."""
    usable = np.asarray(np.isfinite(correlations).all(axis=(-2, -1)))
    return np.where(usable[..., None, None], correlations, np.eye(correlations.shape[-1])), usable


def _parts(k: int, seed: int) -> FloatArray:
    """(splits, items): 1 for the items of the first half, 0 for the others."""
    if k < 2:
        return np.empty((0, k))
    if k <= ALL_SPLITS_UP_TO:
        chosen = [each for each in combinations(range(k), k // 2) if k % 2 or 0 in each]
        parts = np.zeros((len(chosen), k))
        parts[np.arange(len(chosen))[:, None], np.array(chosen)] = 1.0
        return parts
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(np.arange(k) < k // 2, (SPLITS, 1)).astype(np.float64), axis=1)


def _item_rest(table: Table, exact: Moments) -> tuple[float | None, ...]:
    cov = exact.covariances
    own, sums = np.diag(cov), cov.sum(axis=1)
    rest = cov.sum() - 2 * sums + own
    found: list[float | None] = [None] * (len(table.kept) + len(table.dropped))
    for place, column in enumerate(table.kept):
        if np.isfinite(rest[place]) and rest[place] > 1e-12 * own.sum() and len(table.kept) > 1:
            found[column] = float(np.clip((sums[place] - own[place]) / np.sqrt(own[place] * rest[place]), -1.0, 1.0))
    return tuple(found)
