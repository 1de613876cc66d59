"""Numbers about labels that were told: right or wrong, evenly over classes, and as sure as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def accuracy(truth: Sequence[int], told: Sequence[int]) -> float:
    """Share of labels told right, 0 … 1.

    >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
    0.75
    """
    return float((_labels(truth, told)[0] == _labels(truth, told)[1]).mean())


def macro_f1(truth: Sequence[int], told: Sequence[int]) -> float:
    """Mean over the true classes of F1 = 2·hits / (told + true), 0 … 1; a class never told counts 0.

    >>> macro_f1([0, 0, 1, 1], [0, 0, 0, 0])
    0.3333333333333333
    """
    true, given = _labels(truth, told)
    scores = []
    for label in np.unique(true):
        hits = ((true == label) & (given == label)).sum()
        scores.append(2 * hits / ((true == label).sum() + (given == label).sum()))
    return float(np.mean(scores))


def calibration_error(probabilities: Any, truth: Sequence[int], *, bins: int = 15) -> float:
    """Expected calibration error, 0 … 1: mean gap between confidence and accuracy over bins of equal width, weighted
    by their rows (Guo et al., 2017, with 15 bins).

    probabilities: shape (rows, classes), each row summing to 1; the confidence is the largest.

    >>> calibration_error([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.8, 0.2]], [0, 0, 0, 0, 1])
    0.0
    """
    rows = np.asarray(probabilities, dtype=float)
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == np.asarray(truth)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[place == b].sum() - right[place == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(rows))


def _labels(truth: Sequence[int], told: Sequence[int]) -> tuple[Any, Any]:
    if len(truth) != len(told) or not len(truth):
        raise ValueError(
            f"labels need two lists of equal length with one or more entries, not {len(truth)} and {len(told)}"
        )
    return np.asarray(truth), np.asarray(told)
