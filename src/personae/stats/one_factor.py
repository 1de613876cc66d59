"""One common factor by minimum residuals: the loadings whose products come nearest to the correlations.

Minres (Harman & Jones 1966) minimises Σ_{i<j} (r_ij − λ_i·λ_j)². One loading at a time has a closed form given the
others, so going round until nothing moves is enough, for one matrix of correlations or a stack of them.
"""

from __future__ import annotations

import numpy as np

from personae.stats.intervals import FloatArray

#: No item is held to share more of its variance than this with the factor (the usual bound against Heywood cases).
MOST_SHARED = 0.995

#: Rounds at most, and the largest move of a loading that still counts as rest.
ROUNDS, AT_REST = 1000, 1e-8


def minres(correlations: FloatArray, start: FloatArray | None = None, *, at_rest: float = AT_REST) -> FloatArray:
    """Loadings (…, items), positive in sum, of finite correlations (…, items, items) of three items or more.

    `start` are loadings to begin from, as those of the sample that was drawn again; default the first component.

    >>> true = np.array([0.9, 0.8, 0.7, 0.6])
    >>> minres(np.outer(true, true)).round(6).tolist()
    [0.9, 0.8, 0.7, 0.6]
    """
    *stack, k, _ = correlations.shape
    r = np.array(correlations, dtype=np.float64).reshape(-1, k, k)
    r[:, np.arange(k), np.arange(k)] = 0.0
    loadings = _start(r) if start is None else np.broadcast_to(start, (len(r), k)).copy()
    moving = np.arange(len(r))
    for _ in range(ROUNDS):
        now = loadings[moving]
        _round(r[moving], now)
        apart = np.abs(now - loadings[moving]).max(axis=1, initial=0.0)
        loadings[moving] = now
        moving = moving[apart >= at_rest]
        if not len(moving):
            break
    loadings *= np.where(loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    stacked: FloatArray = loadings.reshape(*stack, k)
    return stacked


def _start(r: FloatArray) -> FloatArray:
    """The first principal component, with the largest correlation of each item as its first guess of what is shared."""
    k = r.shape[-1]
    reduced = r.copy()
    reduced[:, np.arange(k), np.arange(k)] = np.abs(r).max(axis=-1)
    values, vectors = np.linalg.eigh(reduced)
    bound = np.sqrt(MOST_SHARED)
    first: FloatArray = vectors[..., -1] * np.sqrt(np.maximum(values[:, -1:], 0.0))
    return np.asarray(np.clip(first, -bound, bound), dtype=np.float64)


def _round(r: FloatArray, loadings: FloatArray) -> None:
    bound = np.sqrt(MOST_SHARED)
    squares = (loadings**2).sum(axis=1)
    for i in range(r.shape[-1]):
        others = squares - loadings[:, i] ** 2
        best = np.einsum("bk,bk->b", r[:, i], loadings) / np.maximum(others, 1e-12)
        best = np.clip(best, -bound, bound)
        squares = others + best**2
        loadings[:, i] = best
