"""Logistic regression where there are far more features than texts: solved over the texts, in seconds.

The optimum is that of `stats.logistic.fit` on the same features. Features come as similarities between texts (inner
products), so a hundred thousand n-grams cost no more than the number of texts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.intervals import FloatArray

Mask = npt.NDArray[np.bool_]

#: How strongly the data count against the penalty (PersonaLLM's report, scikit-learn's C).
C = 10.0
FOLDS = 10
#: Newton's method needs some ten steps; many more mean that something is wrong with the numbers.
MOST_STEPS = 100
#: More texts than this are not told: the work grows with the cube of their number.
MOST_TEXTS = 3_000


class Features(Protocol):
    """Texts as features that are learned from a part of them."""

    def __len__(self) -> int:
        """How many texts there are."""
        ...

    def products(self, train: Mask) -> FloatArray:
        """Inner products of every text with each text of `train`, shape (texts, texts in train), by features that
        know the texts in `train` only."""
        ...


@dataclass(frozen=True, slots=True)
class Vectors:
    """Texts that are vectors already, such as sentence embeddings: shape (texts, dimensions)."""

    rows: Any

    def __len__(self) -> int:
        return len(self.rows)

    def products(self, train: Mask) -> FloatArray:
        """Inner products; nothing is learned."""
        rows = np.asarray(self.rows, dtype=np.float64)
        found: FloatArray = rows @ rows[train].T
        return found


def fit(products: FloatArray, high: Mask, *, c: float = C) -> tuple[FloatArray, float]:
    """(a, b): the log-odds of a text are Σ a·products + b. The minimum of ½‖w‖² + c·Σ log(1 + exp(−y·f)), b free.

    products: (n, n) inner products of the training texts; high: which of them are positive, both kinds there.

    >>> x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> a, b = fit(x @ x.T, np.array([False, False, True, True]), c=1.0)
    >>> round(float(a @ x[:, 0]), 3), abs(round(b, 6))
    (1.007, 0.0)
    """
    y = high.astype(np.float64)
    if not c > 0 or high.all() or not high.any():
        raise UsageError(f"C is {c!r} with {int(high.sum())} of {len(high)} texts positive; give C > 0 and both kinds")
    a, b = np.zeros(len(y)), 0.0
    loss = _loss(products, a, b, y, c)
    for _ in range(MOST_STEPS):
        new_a, new_b = _step(products, a, b, y, c)
        scale = 1.0
        while (new := _loss(products, a + scale * (new_a - a), b + scale * (new_b - b), y, c)) > loss and scale > 1e-9:
            scale /= 2
        if new >= loss:
            break
        moved = max(float(np.abs(new_a - a).max()), abs(new_b - b)) * scale
        a, b, loss = a + scale * (new_a - a), b + scale * (new_b - b), new
        if moved < 1e-10:
            break
    return a, b


def out_of_fold(
    features: Features, labels: Sequence[Sequence[bool]], folds: Sequence[int], *, c: float = C
) -> FloatArray:
    """P(positive) of every text by a model that has not seen its fold: shape (labels, texts).

    labels: one row of True and False per thing to tell; folds: the fold of each text. Raises `UsageError` for lists of
    unequal length, one fold only, a fold whose training texts are all of one kind, and more than 3,000 texts.
    """
    rows, place = np.array(labels, dtype=bool).reshape(len(labels), -1), np.asarray(folds)
    if rows.shape[1] != len(place) or len(place) != len(features):
        raise UsageError(f"{len(features)} texts, {rows.shape[1]} labels, {len(place)} folds; give one per text")
    if len(place) > MOST_TEXTS:
        raise UsageError(f"{len(place):,} texts are more than {MOST_TEXTS:,}; give a sample of them")
    if len(np.unique(place)) < 2:
        raise UsageError("one fold only: a text would be told by a model that has seen it; give two folds or more")
    told = np.empty(rows.shape)
    for fold in np.unique(place):
        train = place != fold
        products = features.products(train)
        for number, high in enumerate(rows):
            a, b = fit(products[train], high[train], c=c)
            told[number, ~train] = _sigmoid(products[~train] @ a + b)
    return told


def folds_by(labels: Sequence[Hashable], folds: int = FOLDS) -> tuple[int, ...]:
    """The fold of each text, so that texts of one label are never parted; labels go round the folds as they come.

    >>> folds_by(["run 1", "run 2", "run 1", "run 3"], 2)
    (0, 1, 0, 0)
    """
    numbers: dict[Hashable, int] = {}
    return tuple(numbers.setdefault(label, len(numbers)) % folds for label in labels)


def _step(products: FloatArray, a: FloatArray, b: float, y: FloatArray, c: float) -> tuple[FloatArray, float]:
    """One Newton step over the texts: (I + √W K √W) is solved for the targets and for the intercept together."""
    f = products @ a + b
    p = _sigmoid(f)
    weight = np.maximum(c * p * (1 - p), 1e-10)
    root = np.sqrt(weight)
    target = f + c * (y - p) / weight
    system = np.eye(len(y)) + root[:, None] * products * root
    solved = root[:, None] * np.linalg.solve(system, root[:, None] * np.column_stack([target, np.ones(len(y))]))
    new_b = float(solved[:, 0].sum() / solved[:, 1].sum())
    return solved[:, 0] - new_b * solved[:, 1], new_b


def _loss(products: FloatArray, a: FloatArray, b: float, y: FloatArray, c: float) -> float:
    f = products @ a
    return float(0.5 * (a @ f) + c * np.logaddexp(0.0, -(2 * y - 1) * (f + b)).sum())


def _sigmoid(x: FloatArray) -> FloatArray:
    half: FloatArray = 0.5 * (1.0 + np.tanh(0.5 * x))
    return half
