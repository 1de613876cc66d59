"""Several classes told apart by linear rules: L2-regularised multinomial logistic regression. No scikit-learn; the
optimum is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.stats.intervals import FloatArray

_MOST_STEPS, _SMALL = 100, 1e-10


@dataclass(frozen=True, slots=True)
class Softmax:
    """P(class k | x) ∝ exp(x·weights[k] + intercepts[k]); weights of shape (classes, features)."""

    weights: FloatArray
    intercepts: FloatArray

    def probability(self, X: Any) -> FloatArray:
        """P(class) per row, shape (rows, classes), each row summing to 1."""
        return _softmax(np.asarray(X, dtype=np.float64) @ self.weights.T + self.intercepts)


def fit(X: Any, y: Sequence[int], classes: int, *, C: float = 1.0) -> Softmax:
    """The minimum of ½‖W‖² − C·Σ log P(y | x), intercepts free, by Newton's method.

    X: (rows, features), finite; y: 0 … classes − 1 per row, all there. Raises UsageError otherwise, and for C ≤ 0.

    >>> model = fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1], 2)
    >>> [round(float(p), 3) for p in model.probability([[1.0]])[0]]
    [0.207, 0.793]
    """
    rows, labels = np.asarray(X, dtype=np.float64), np.asarray(y)
    if rows.ndim != 2 or len(rows) != len(labels) or set(labels.tolist()) != set(range(classes)):
        raise UsageError(f"rows of shape {rows.shape} with {len(labels)} labels; give each of {classes} classes a row")
    if not np.isfinite(rows).all() or not C > 0:
        raise UsageError(f"features must be finite and C, now {C!r}, above 0")
    # The penalty keeps the weights in the span of the rows: as many coordinates as rows are enough.
    left, sizes, right = np.linalg.svd(rows, full_matrices=False)
    A = np.column_stack([left * sizes, np.ones(len(rows))])
    W = _newton(A, np.eye(classes)[labels], C)
    return Softmax(W[:, :-1] @ right, W[:, -1])


def _newton(A: FloatArray, truth: FloatArray, C: float) -> FloatArray:
    """Weights of shape (classes, columns of A); the last column is not penalised."""
    classes, columns = truth.shape[1], A.shape[1]
    penalty = np.ones(columns)
    penalty[-1] = 1e-9  # intercepts are free but for a common shift
    W = np.zeros((classes, columns))
    loss = _loss(A, truth, W, penalty, C)
    for _ in range(_MOST_STEPS):
        p = _softmax(A @ W.T)
        slope = C * (p - truth).T @ A + penalty * W
        bend = np.zeros((classes, columns, classes, columns))
        for i in range(classes):
            for j in range(classes):
                share = p[:, i] * ((i == j) - p[:, j])
                bend[i, :, j, :] = C * (A.T * share) @ A
        flat = bend.reshape(classes * columns, -1) + np.diag(np.tile(penalty, classes))
        step = np.linalg.solve(flat, slope.ravel()).reshape(W.shape)
        size = 1.0
        while (after := _loss(A, truth, W - size * step, penalty, C)) > loss and size > _SMALL:
            size /= 2
        W = W - size * step
        if loss - after <= _SMALL * max(1.0, abs(loss)):
            return W
        loss = after
    return W


def _loss(A: FloatArray, truth: FloatArray, W: FloatArray, penalty: FloatArray, C: float) -> float:
    p = _softmax(A @ W.T)
    return float(0.5 * (penalty * W**2).sum() - C * np.log(np.maximum((p * truth).sum(axis=1), 1e-300)).sum())


def _softmax(scores: FloatArray) -> FloatArray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return found
