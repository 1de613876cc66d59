"""Can the persona be told from what it said? Its own profile among those of others, scored against the same replies.

A profile fits a talk as far as its statements are entailed somewhere in it and contradicted nowhere. Half of many
profiles never comes up in a talk; what counts is the margin over the others, not the height.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.measure.consistency.asking import judged
from personae.stats.paired import mean_ranks
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recovered:
    """How well talks give their own profile away.

    hit_rate: share of talks whose own profile fits best, ties shared; chance is 1 / profiles.
    auc:      how likely the margin of an own profile is above that of a foreign one, 0 … 1; chance is ½.
    margins:  per talk, how far the own profile is ahead of the best other one (negative: behind).
    """

    hit_rate: float
    auc: float
    margins: tuple[float, ...]
    profiles: int


async def profile_fit(scorer: PairScorer, replies: Sequence[str], profiles: Sequence[Sequence[str]]) -> list[float]:
    """How well each profile (first-person statements) fits the replies, −1 … 1.

    Per statement the highest P(entailment) less the highest P(contradiction) over the replies; a profile's fit is the
    mean over its statements. A pair without an answer shows and denies nothing. Raises UsageError without a reply or
    for a profile without a statement.
    """
    if not replies or not profiles or not all(profiles):
        raise UsageError("telling a profile from a talk needs a reply, and profiles that have statements")
    statements = [statement for profile in profiles for statement in profile]
    premises = [reply for reply in replies for _ in statements]
    rows = await judged(scorer, premises, statements * len(replies))
    table = np.nan_to_num(rows, nan=0.0).reshape(len(replies), len(statements), 3)
    ends = np.cumsum([len(profile) for profile in profiles])[:-1]
    parts = np.split(table, ends, axis=1)
    return [fit_of(part[..., ENTAILMENT], part[..., CONTRADICTION]) for part in parts]


def fit_of(entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> float:
    """The fit of one profile from its matrix `(replies, statements)`, as in `profile_fit`.

    >>> fit_of([[1.0, 0.0], [0.25, 0.0]], [[0.0, 0.5], [0.25, 0.0]])
    0.125
    """
    shown, denied = np.asarray(entailment, dtype=np.float64), np.asarray(contradiction, dtype=np.float64)
    return float((shown.max(axis=0) - denied.max(axis=0)).mean())


def recovered(fits: npt.ArrayLike, own: Sequence[int] | None = None) -> Recovered:
    """Hit rate and AUC of the margin from fits `(talks, profiles)`; `own` names each talk's true column (default 0).

    The margin of a profile is its fit less the best of the others in the same talk.

    >>> recovered([[0.5, 0.1, 0.0], [0.2, 0.3, 0.1]])
    Recovered(hit_rate=0.5, auc=0.875, margins=(0.4, -0.1), profiles=3)
    """
    table = np.asarray(fits, dtype=np.float64)
    if table.ndim != 2 or not len(table) or table.shape[1] < 2 or not np.isfinite(table).all():
        raise UsageError(f"fits have the axes (talks, profiles ≥ 2), all finite; these have the shape {table.shape}")
    columns = np.array(own if own is not None else [0] * len(table), dtype=np.intp)
    if columns.shape != (len(table),) or (columns < 0).any() or (columns >= table.shape[1]).any():
        raise UsageError(f"{len(table)} talks of {table.shape[1]} profiles, own ones in columns {columns.tolist()!r}")
    margins = _margins(table)
    talks = np.arange(len(table))
    foreign = np.ones(table.shape, dtype=bool)
    foreign[talks, columns] = False
    mine = margins[talks, columns]
    best = table == table.max(axis=1, keepdims=True)
    hits = best[talks, columns] / best.sum(axis=1)
    rounded = tuple(round(float(margin), 6) for margin in mine)
    return Recovered(float(hits.mean()), _auc(mine, margins[foreign]), rounded, table.shape[1])


def draw(pool: Sequence[Sequence[str]], k: int, *, seed: int) -> list[Sequence[str]]:
    """`k` profiles of the pool without repetition, all when there are fewer; empty profiles are left out."""
    usable = [profile for profile in pool if profile]
    return random.Random(seed).sample(usable, min(k, len(usable)))


def _margins(table: FloatArray) -> FloatArray:
    """Each fit less the best other one of its row."""
    order = np.sort(table, axis=1)
    is_best = table == order[:, -1:]
    rival = np.where(is_best, order[:, -2:-1], order[:, -1:])
    return table - rival


def _auc(positive: FloatArray, negative: FloatArray) -> float:
    """The share of (positive, negative) pairs in which the positive is higher; ties count half (Mann and Whitney)."""
    ranks = mean_ranks(np.concatenate([positive, negative]))[: len(positive)]
    return float((ranks.sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative)))
