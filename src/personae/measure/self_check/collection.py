"""Many checked replies: scores brought onto one scale, scorers joined, and how well they find what people labelled.

[SelfCheckAgent, 2025; SelfCheckGPT, 2023]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from personae.errors import UsageError
from personae.stats.correlation import pearson
from personae.stats.intervals import FloatArray
from personae.types import Measurement

#: What people said of a sentence, and what it counts in a passage's mean.
Label = Literal["accurate", "minor_inaccurate", "major_inaccurate"]
LABELS: dict[str, float] = dict(zip(get_args(Label), (0.0, 0.5, 1.0), strict=True))

#: Per passage, per sentence.
Table = Sequence[Sequence[float | None]]


def z_scores(table: Table) -> list[list[float | None]]:
    """Every number as its distance from the mean of all sentences in standard deviations.

    Raises UsageError where fewer than two numbers differ: there is no scale to bring them on.

    >>> z_scores([[1.0, None], [3.0]])
    [[-1.0, None], [1.0]]
    """
    mean, spread = _known(table).mean(), _known(table).std()
    return _mapped(table, float(mean), float(spread))


def min_max(table: Table) -> list[list[float | None]]:
    """Every number between the smallest of all sentences (0) and the largest (1). Raises UsageError as `z_scores`.

    >>> min_max([[1.0, 2.0], [3.0]])
    [[0.0, 0.5], [1.0]]
    """
    known = _known(table)
    return _mapped(table, float(known.min()), float(known.max() - known.min()))


def triangulate(*tables: Table) -> list[list[float | None]]:
    """The sum of several scorers' z-scores, sentence by sentence; None where one of them has no number.

    The published agent joins its scorers by a rule it does not spell out; a sum of z-scores is the plainest.

    >>> triangulate([[1.0, 3.0]], [[10.0, 30.0]])
    [[-2.0, 2.0]]
    """
    if len({tuple(map(len, table)) for table in tables}) != 1:
        raise UsageError("the scorers do not have the same passages and sentences; score the same replies with each")
    joined = []
    for rows in zip(*map(z_scores, tables), strict=True):
        sums = ([value for value in values if value is not None] for values in zip(*rows, strict=True))
        joined.append([sum(known) if len(known) == len(tables) else None for known in sums])
    return joined


def average_precision(scores: Sequence[float] | FloatArray, positive: Sequence[bool]) -> float:
    """The mean over positives of the precision at their score, equal scores taken together, 0 … 1; NaN without any.

    >>> round(average_precision([0.9, 0.8, 0.7, 0.6], [True, False, True, False]), 4)
    0.8333
    """
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    ranked, hits = np.asarray(scores, dtype=np.float64)[order], np.cumsum(np.asarray(positive, dtype=np.float64)[order])
    if not len(ranked) or hits[-1] == 0:
        return float("nan")
    last = np.append(np.diff(ranked) != 0, True)
    found, seen = hits[last], np.flatnonzero(last) + 1
    return float((np.diff(found, prepend=0.0) * found / seen).sum() / found[-1])


def quality(table: Table, labels: Sequence[Sequence[str]], name: str = "self_check") -> list[Measurement]:
    """Four numbers of a scorer beside labels, sentences without a score left out and counted.

    ".nonfact":      average precision at finding sentences that are not accurate;
    ".nonfact_star": at finding major inaccuracies, in passages that are not wholly wrong;
    ".factual":      at finding accurate sentences by the lowest scores;
    ".pearson":      of passage means with the labels' means (0, ½, 1).
    Precisions come with their floor, that of random scores, in the details. Raises UsageError for labels that are not
    in `LABELS` or do not fit the table.
    """
    if unknown := sorted({one for row in labels for one in row} - LABELS.keys()):
        raise UsageError(f"the label {unknown[0]!r} is none of {', '.join(LABELS)}")
    if tuple(map(len, table)) != tuple(map(len, labels)):
        raise UsageError("scores and labels are not of the same sentences; give one label per sentence")
    rows = [
        [(score, LABELS[label]) for score, label in zip(scores, told, strict=True) if score is not None]
        for scores, told in zip(table, labels, strict=True)
    ]
    lost = sum(map(len, table)) - sum(map(len, rows))
    missing = {"unscored": lost} if lost else {}
    mixed = [row for row, told in zip(rows, labels, strict=True) if any(LABELS[one] < 1 for one in told)]
    means = [np.mean(row, axis=0) for row in rows if row]
    r = pearson([float(one[0]) for one in means], [float(one[1]) for one in means]) if means else float("nan")
    found = [
        _precision(f"{name}.nonfact", [(score, label > 0) for row in rows for score, label in row], missing),
        _precision(f"{name}.nonfact_star", [(score, label == 1) for row in mixed for score, label in row], missing),
        _precision(f"{name}.factual", [(-score, label == 0) for row in rows for score, label in row], missing),
    ]
    if np.isnan(r):
        return [*found, Measurement(f"{name}.pearson", reason="scores or labels do not vary", missing=missing)]
    return [*found, Measurement(f"{name}.pearson", r, n=len(means), missing=missing, unit="r")]


def _precision(name: str, rows: Sequence[tuple[float, bool]], missing: dict[str, int]) -> Measurement:
    truth = [positive for _, positive in rows]
    if len(set(truth)) < 2:
        return Measurement(name, reason="all sentences have the same label", missing=missing)
    value, floor = average_precision([score for score, _ in rows], truth), sum(truth) / len(truth)
    return Measurement(name, value, n=len(rows), missing=missing, unit="share", details={"floor": floor})


def _known(table: Table) -> FloatArray:
    known = np.array([value for row in table for value in row if value is not None], dtype=np.float64)
    if len(known) < 2 or known.min() == known.max():
        raise UsageError(f"{len(known)} score(s), all the same; a scale needs two that differ")
    return known


def _mapped(table: Table, zero: float, one: float) -> list[list[float | None]]:
    return [[None if value is None else (value - zero) / one for value in row] for row in table]
