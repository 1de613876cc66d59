"""Folds of rows that never part a group: all rows of a question are held out together, or none."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from personae.errors import UsageError
from personae.stats.logistic import IntArray


def group_folds(groups: Sequence[Hashable], labels: Sequence[int], folds: int, seed: int) -> IntArray:
    """The fold of each row, 0 … folds − 1: groups in a seeded order, the largest first, each to the fold with the
    fewest rows of the rarer label if the group has any of it, else of the other, and among those to the smallest.

    Raises UsageError where there are fewer groups than folds, or a label lies in fewer groups than folds, so that some
    fold could not be learned from or tested on.

    >>> group_folds(["a", "a", "b", "b", "c", "c", "d", "d"], [0, 1, 0, 1, 0, 1, 0, 1], 2, seed=0).tolist()
    [1, 1, 0, 0, 0, 0, 1, 1]
    """
    y = np.asarray(labels, dtype=np.intp)
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.intp)
    if len(codes) != len(y):
        raise UsageError(f"{len(y)} labels but {len(codes)} groups; give one group per row")
    counts = np.stack([np.bincount(codes[y == label], minlength=len(numbers)) for label in (0, 1)], axis=1)
    fewest = int((counts > 0).sum(axis=0).min()) if len(counts) else 0
    if folds < 2 or fewest < folds:
        raise UsageError(f"{folds!r} folds, but one of the labels lies in {fewest} groups; each fold needs one")
    order = np.random.default_rng(seed).permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    filled = np.zeros((folds, 2), dtype=np.intp)
    rare = int(counts.sum(axis=0).argmin())
    place = np.empty(len(counts), dtype=np.intp)
    for group in order:
        kind = rare if counts[group, rare] else 1 - rare
        place[group] = min(range(folds), key=lambda fold: (filled[fold, kind], filled[fold].sum()))
        filled[place[group]] += counts[group]
    return place[codes]
