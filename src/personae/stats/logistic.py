"""Two classes told apart by a linear rule: L2-regularised logistic regression, and how well it does on rows it has
not seen. No scikit-learn; the optimum is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.intervals import FloatArray

IntArray = npt.NDArray[np.intp]

#: Newton's method needs some ten steps; many more mean that something is wrong with the numbers.
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(class 1 | x) = 1/(1 + exp(−(x·weights + intercept)))."""

    weights: FloatArray
    intercept: float

    def probability(self, X: Any) -> FloatArray:
        """P(class 1) per row, 0 … 1."""
        return _sigmoid(np.asarray(X, dtype=np.float64) @ self.weights + self.intercept)

    def told(self, X: Any) -> IntArray:
        """The likelier class per row, 0 or 1."""
        return (self.probability(X) > 0.5).astype(np.intp)


def fit(X: Any, y: Sequence[int], *, C: float = 1.0) -> Logistic:
    """The minimum of ½‖w‖² + C·Σ log(1 + exp(−y′(x·w + b))), y′ = ±1, b free, by Newton's method.

    X: (rows, features), finite; y: 0 or 1 per row, both there. Raises UsageError otherwise, and for C ≤ 0.

    >>> model = fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1])
    >>> round(float(model.weights[0]), 3), abs(round(model.intercept, 6))
    (1.007, 0.0)
    """
    rows, labels = _checked(X, y)
    if not C > 0:
        raise UsageError(f"C is {C!r}; the weight of the data must be above 0")
    A = np.column_stack([rows, np.ones(len(rows))])
    penalty = np.eye(A.shape[1])
    penalty[-1, -1] = 0.0
    w = np.zeros(A.shape[1])
    loss = _loss(A, labels, w, C)
    for _ in range(MOST_STEPS):
        p = _sigmoid(A @ w)
        slope = C * A.T @ (p - labels) + penalty @ w
        bend = C * (A.T * (p * (1 - p))) @ A + penalty
        step = np.linalg.solve(bend + 1e-12 * np.eye(len(w)), slope)
        scale = 1.0
        while (new := _loss(A, labels, w - scale * step, C)) > loss and scale > 1e-9:
            scale /= 2
        if new >= loss:
            break
        w, loss = w - scale * step, new
        if float(np.abs(scale * step).max()) < 1e-12:
            break
    return Logistic(w[:-1], float(w[-1]))


@dataclass(frozen=True, slots=True)
class Scale:
    """Means and standard deviations (over n) of columns; a column that does not vary is only centred."""

    mean: FloatArray
    sd: FloatArray

    @classmethod
    def of(cls, X: Any) -> Scale:
        """The scale of these rows."""
        rows = np.asarray(X, dtype=np.float64)
        sd = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(sd > 1e-12 * np.maximum(1.0, np.abs(rows).max(axis=0)), sd, 1.0))

    def z(self, X: Any) -> FloatArray:
        """Rows in standard deviations from the mean."""
        return (np.asarray(X, dtype=np.float64) - self.mean) / self.sd


@dataclass(frozen=True, slots=True)
class Validated:
    """`marks` says for each row whether it was told right by a model that had not seen it; `train` is the share of
    rows that a model of all rows tells right.
    """

    marks: tuple[bool, ...]
    train: float

    @property
    def accuracy(self) -> float:
        """Share of unseen rows told right, 0 … 1."""
        return sum(self.marks) / len(self.marks)


def cross_validated(X: Any, y: Sequence[int], *, folds: int = 10, C: float = 1.0) -> Validated:
    """Logistic regression on columns z-scored by the training rows of each fold; `stratified_folds`, unshuffled.

    Raises UsageError for a class with fewer rows than folds, and as `fit` does.

    >>> cross_validated([[float(i)] for i in range(20)], [0] * 10 + [1] * 10, folds=5).accuracy
    0.9
    """
    rows, labels = _checked(X, y)
    place = stratified_folds(labels.astype(int).tolist(), folds)
    marks = np.zeros(len(rows), dtype=bool)
    for fold in range(folds):
        held = place == fold
        scale = Scale.of(rows[~held])
        model = fit(scale.z(rows[~held]), labels[~held].astype(int).tolist(), C=C)
        marks[held] = model.told(scale.z(rows[held])) == labels[held]
    scale = Scale.of(rows)
    whole = fit(scale.z(rows), labels.astype(int).tolist(), C=C).told(scale.z(rows))
    return Validated(tuple(map(bool, marks)), float((whole == labels).mean()))


def stratified_folds(y: Sequence[int], folds: int) -> IntArray:
    """The fold of each row, 0 … folds − 1: each class in its order, cut into runs that are as even as can be.

    Rows are not shuffled; the split is that of scikit-learn's `StratifiedKFold(folds)`.

    >>> stratified_folds([0, 0, 1, 1, 0, 1], 3).tolist()
    [0, 1, 0, 1, 2, 2]
    """
    labels = np.asarray(y)
    classes, first = np.unique(labels, return_index=True)
    order = classes[np.argsort(first)]
    counts = [int((labels == label).sum()) for label in order]
    if folds < 2 or not counts or min(counts) < folds:
        raise UsageError(f"{folds!r} folds of classes with {counts} rows; each class needs a row in every fold")
    laid_out = np.repeat(np.arange(len(order)), counts)
    place = np.empty(len(labels), dtype=np.intp)
    for number, label in enumerate(order):
        sizes = [int((laid_out[start::folds] == number).sum()) for start in range(folds)]
        place[labels == label] = np.repeat(np.arange(folds), sizes)
    return place


def _checked(X: Any, y: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    rows, labels = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(labels) or not np.isfinite(rows).all():
        raise UsageError(f"features of shape {rows.shape} for {len(labels)} labels; give one finite row per label")
    if set(labels.tolist()) != {0.0, 1.0}:
        raise UsageError("labels are 0 and 1, and both have to be there")
    return rows, labels


def _sigmoid(x: FloatArray) -> FloatArray:
    half: FloatArray = 0.5 * (1.0 + np.tanh(0.5 * x))
    return half


def _loss(A: FloatArray, labels: FloatArray, w: FloatArray, C: float) -> float:
    margin = (2 * labels - 1) * (A @ w)
    return float(C * np.logaddexp(0.0, -margin).sum() + 0.5 * (w[:-1] @ w[:-1]))
