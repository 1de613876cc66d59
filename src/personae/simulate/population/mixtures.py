"""Simulated users who want different mixtures of the same things: weights over reward functions, Dirichlet-drawn.

A user u likes a reply by R_u = Σ_b w_ub·(r_b − mean_b)/sd_b, with w_u ~ Dirichlet(α, …, α). How different the users are
hangs on α alone: at .01 nearly everybody wants one thing only, at 10 all want the same blend. [PersonalLLM 2024]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.intervals import FloatArray

#: Users nearer to each other than this (Euclid, on weights) count as one [PersonalLLM 2024].
NEAR = 0.2

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Concentration:
    """How mixed users are: the mean largest weight, 1/B … 1, and the mean number of scorers that matter, e^H, 1 … B."""

    max_weight: float
    effective: float
    users: int


@dataclass(frozen=True, slots=True)
class Standard:
    """Mean and standard deviation of each scorer, fixed on a calibration set.

    >>> standard = Standard.fit([[1.0, 10.0], [3.0, 30.0]], ("length", "sentiment"))
    >>> standard([[2.0, 30.0]]).tolist()
    [[0.0, 1.0]]
    """

    names: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray

    @classmethod
    def fit(cls, scores_TB: npt.ArrayLike, names: Sequence[str]) -> Standard:
        """From scores of calibration texts × scorers; rows with a missing score (NaN) are left out.

        Raises UsageError for fewer than two whole rows, or a scorer that gives every text the same.
        """
        scores = np.asarray(scores_TB, dtype=np.float64)
        if scores.ndim != 2 or scores.shape[1] != len(names):
            raise UsageError(f"scores of shape {scores.shape} for {len(names)} scorers; give texts × scorers")
        whole = scores[np.isfinite(scores).all(axis=1)]
        if len(whole) < 2:
            raise UsageError(f"{len(whole)} of {len(scores)} calibration texts have all scores; two or more are needed")
        sd = whole.std(axis=0)
        for name, spread in zip(names, sd, strict=True):
            if spread <= 1e-12:
                raise UsageError(f"the scorer {name!r} gives every calibration text the same; leave it out")
        return cls(tuple(names), whole.mean(axis=0), sd)

    def __call__(self, scores_TB: npt.ArrayLike) -> FloatArray:
        """The scores in standard deviations of the calibration set; NaN stays NaN."""
        scores = np.asarray(scores_TB, dtype=np.float64)
        if scores.ndim != 2 or scores.shape[1] != len(self.names):
            raise UsageError(f"scores of shape {scores.shape}; give texts × the {len(self.names)} scorers")
        standardised: FloatArray = (scores - self.mean) / self.sd
        return standardised


def mixture_users(n: int, scorers: int, alpha: float, *, seed: int) -> FloatArray:
    """Weights of n users on the scorers, shape (n, scorers), rows summing to 1. Raises UsageError for n < 1, α ≤ 0.

    >>> mixture_users(2, 3, 0.5, seed=0).sum(axis=1).round(12).tolist()
    [1.0, 1.0]
    """
    if n < 1 or scorers < 2 or not 0 < alpha < np.inf:
        raise UsageError(f"n {n!r}, {scorers!r} scorers, alpha {alpha!r}; give n ≥ 1, two scorers or more, alpha > 0")
    weights: FloatArray = np.random.default_rng(seed).dirichlet(np.full(scorers, alpha), n)
    return weights


def concentration(weights_UB: npt.ArrayLike) -> Concentration:
    """How mixed these users are; print both numbers beside any α.

    >>> concentration([[1.0, 0.0], [0.5, 0.5]])
    Concentration(max_weight=0.75, effective=1.5, users=2)
    """
    weights = _weights(weights_UB)
    logs = np.log(np.where(weights > 0, weights, 1.0))
    entropies = -(weights * logs).sum(axis=1)
    return Concentration(float(weights.max(axis=1).mean()), float(np.exp(entropies).mean().round(12)), len(weights))


def rewards(weights_UB: npt.ArrayLike, standardised_TB: npt.ArrayLike) -> FloatArray:
    """R of every user for every text, shape (users, texts), in weighted standard deviations; NaN where a score is."""
    weights, scores = _weights(weights_UB), np.asarray(standardised_TB, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] != weights.shape[1]:
        raise UsageError(
            f"scores of shape {scores.shape} for weights on {weights.shape[1]} scorers; give texts × scorers"
        )
    liked: FloatArray = weights @ scores.T
    return liked


def pair_disagreement(weights_UB: npt.ArrayLike, margins_PB: npt.ArrayLike, *, seed: int = 0) -> float:
    """Share of pairs on which two users, drawn at random, prefer different replies, 0 … 1.

    margins: standardised score of the first reply less that of the second, pairs × scorers. Users are drawn two by
    two without overlap. A pair either is indifferent to is left out; raises UsageError if none is left.

    >>> pair_disagreement([[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, -1.0]])
    0.5
    """
    weights = _weights(weights_UB)
    if len(weights) < 2:
        raise UsageError("one user disagrees with nobody; give two or more")
    order = np.random.default_rng(seed).permutation(len(weights))
    half = len(order) // 2
    margins = np.asarray(margins_PB, dtype=np.float64)
    differing = decided = 0
    for start in range(0, half, _CHUNK):
        rows = slice(start, min(start + _CHUNK, half))
        first = np.sign(rewards(weights[order[:half][rows]], margins))
        second = np.sign(rewards(weights[order[half : 2 * half][rows]], margins))
        product = first * second
        differing += int((product < 0).sum())
        decided += int((np.abs(product) > 0).sum())
    if not decided:
        raise UsageError("no pair is decided by two users; give replies with different scores")
    return differing / decided


def without_near(weights_UB: npt.ArrayLike, near: float = NEAR) -> npt.NDArray[np.intp]:
    """Rows of the users that stay when everybody nearer than `near` to an earlier user goes, in order.

    >>> without_near([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]).tolist()
    [0, 2]
    """
    weights = _weights(weights_UB)
    kept: list[int] = []
    nearest = np.full(len(weights), np.inf)
    for row in range(len(weights)):
        if nearest[row] >= near:
            kept.append(row)
            nearest = np.minimum(nearest, np.linalg.norm(weights - weights[row], axis=1))
    return np.array(kept, dtype=np.intp)


def _weights(weights_UB: npt.ArrayLike) -> FloatArray:
    weights = np.asarray(weights_UB, dtype=np.float64)
    if weights.ndim != 2 or not len(weights) or (weights < 0).any() or not np.allclose(weights.sum(axis=1), 1.0):
        raise UsageError("weights are users × scorers, none negative, each user's summing to 1")
    return weights
