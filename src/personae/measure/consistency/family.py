"""Scores that count kinds: how many statements a reply entails, and how many it contradicts.

`kinds` holds CONTRADICTION, NEUTRAL or ENTAILMENT (0, 1, 2) with the axes `(replies, statements)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: From this relevance to its query on a reply counts as coherent.
COHERENT = 0.5

#: Probabilities no further apart than this are equal.
EQUAL = 1e-6

#: What the pick among ranked candidates may be.
PICKS = ("gold", "entail", "neutral", "contradict")


def kinds_of(probabilities: npt.ArrayLike) -> IntArray:
    """The likeliest class of each row `(…, 3)`; where the first two are equal nothing is decided, which is NEUTRAL.

    Raises UsageError for NaN or another last axis.

    >>> kinds_of([[0.1, 0.2, 0.7], [0.9, 0.1, 0.0]]).tolist()
    [2, 0]
    >>> kinds_of([0.4, 0.2, 0.4]).tolist()
    1
    """
    array = np.asarray(probabilities, dtype=np.float64)
    if array.shape[-1:] != (3,) or np.isnan(array).any():
        raise UsageError(f"a pair scorer gives three numbers per pair, none NaN; this is an array of {array.shape}")
    ordered = np.sort(array, axis=-1)
    decided = ordered[..., 2] - ordered[..., 1] > EQUAL
    kinds: IntArray = np.where(decided, array.argmax(axis=-1), NEUTRAL).astype(np.int64)
    return kinds


def balance(kinds: npt.ArrayLike) -> IntArray:
    """Per reply: entailed statements minus contradicted ones.

    >>> balance([[2, 2, 1], [0, 1, 1]]).tolist()
    [2, -1]
    """
    table = _table(kinds)
    more: IntArray = (table == ENTAILMENT).sum(axis=1) - (table == CONTRADICTION).sum(axis=1)
    return more


def c_score(kinds: npt.ArrayLike) -> float:
    """C-score (RCDG and later): the mean over replies of +1 per entailed and −1 per contradicted statement.

    >>> c_score([[2, 2, 1], [0, 1, 1]])
    0.5
    """
    return float(balance(kinds).mean())


def p_score(kinds: npt.ArrayLike) -> float:
    """P-score: 100 · (½ per entailed, −½ per contradicted pair) / pairs, −50 … 50.

    >>> p_score([[2, 2, 1, 0]])
    12.5
    """
    return 100.0 * 0.5 * float(balance(kinds).sum()) / _table(kinds).size


def entailed_share(kinds: npt.ArrayLike) -> float:
    """The share of replies that entail at least one statement, 0 … 1.

    >>> entailed_share([[2, 0], [1, 1]])
    0.5
    """
    return float((_table(kinds) == ENTAILMENT).any(axis=1).mean())


def uncontradicted_share(kinds: npt.ArrayLike) -> float:
    """The share of replies that contradict no statement, 0 … 1.

    >>> uncontradicted_share([[2, 0], [1, 1]])
    0.5
    """
    return float(1.0 - (_table(kinds) == CONTRADICTION).any(axis=1).mean())


@dataclass(frozen=True, slots=True)
class CohCon:
    """Coherence and consistency of replies. `marks`: 0 neither, 1 consistent, 2 consistent and coherent, per reply.

    consistency: the share marked 1 or 2. coh_con: the share marked 2.
    """

    consistency: float
    coh_con: float
    marks: tuple[int, ...]


def coh_con(kinds: npt.ArrayLike, coherence: npt.ArrayLike, *, at: float = COHERENT) -> CohCon:
    """Coh-Con (CLV, 2023). Consistent: entails a statement, contradicts none. Coherent: relevance to the query ≥ `at`.

    `coherence` holds one relevance per reply; NaN (nothing was asked) is not coherent.

    >>> coh_con([[2, 1], [2, 1], [2, 0], [1, 1]], [0.9, 0.1, 0.9, 0.9])
    CohCon(consistency=0.5, coh_con=0.25, marks=(2, 1, 0, 0))
    """
    table, relevant = _table(kinds), np.asarray(coherence, dtype=np.float64)
    if relevant.shape != table.shape[:1]:
        raise UsageError(f"{len(table)} replies but coherence of shape {relevant.shape}; give one number per reply")
    consistent = (table == ENTAILMENT).any(axis=1) & ~(table == CONTRADICTION).any(axis=1)
    marks = consistent.astype(np.int64) + (consistent & (relevant >= at))
    return CohCon(float((marks >= 1).mean()), float((marks == 2).mean()), tuple(int(mark) for mark in marks))


def rcdg_reward(
    kinds: npt.ArrayLike, naturalness: npt.ArrayLike, *, weight: float = 0.5, baseline: float = 0.0
) -> FloatArray:
    """Reward of each reply (RCDG, 2020): weight·naturalness + (1 − weight)·(#E − #C)/statements − baseline.

    `naturalness` is a discriminator's probability per reply, `weight` λ, 0 … 1. The released code adds both without a
    weight and takes off .8: that is twice this reward at weight ½ and baseline .4.

    >>> (2 * rcdg_reward([[2, 2, 1, 1]], [0.9], weight=0.5, baseline=0.4)).round(6).tolist()
    [0.6]
    """
    if not 0.0 <= weight <= 1.0:
        raise UsageError(f"the weight of naturalness is {weight!r}; give 0 … 1")
    table, natural = _table(kinds), np.asarray(naturalness, dtype=np.float64)
    if natural.shape != table.shape[:1]:
        raise UsageError(f"{len(table)} replies but naturalness of shape {natural.shape}; give one number per reply")
    reward: FloatArray = weight * natural + (1.0 - weight) * balance(table) / table.shape[1] - baseline
    return reward


def at_1(scores: Sequence[Sequence[float]], kinds: Sequence[Sequence[str]]) -> dict[str, float]:
    """Hits, Entail, Neutral and Contradict@1: of what kind the highest-ranked candidate is, as shares of the turns.

    Per turn one score and one kind of `PICKS` for each candidate; of equal scores the first counts. With one gold and
    ten of each other kind chance is .032 and .323 each.

    >>> at_1([[0.1, 0.9], [0.8, 0.3]], [["gold", "entail"], ["gold", "neutral"]])
    {'gold': 0.5, 'entail': 0.5, 'neutral': 0.0, 'contradict': 0.0}
    """
    if not scores or len(scores) != len(kinds):
        raise UsageError(f"{len(scores)} turns with scores and {len(kinds)} with kinds; give the same, at least one")
    picks = []
    for row, labels in zip(scores, kinds, strict=True):
        if len(row) != len(labels) or not np.isfinite(row).all() or not len(row):
            raise UsageError(f"{len(row)} scores for {len(labels)} candidates; give one finite score each")
        picks.append(labels[int(np.argmax(row))])
    unknown = sorted(set(picks) - set(PICKS))
    if unknown:
        raise UsageError(f"a candidate is of the kind {unknown[0]!r}; kinds are {', '.join(PICKS)}")
    return {kind: picks.count(kind) / len(picks) for kind in PICKS}


def _table(kinds: npt.ArrayLike) -> IntArray:
    table = np.asarray(kinds)
    if table.ndim != 2 or not table.size or not np.isin(table, (0, 1, 2)).all():
        raise UsageError(f"kinds have the axes (replies, statements) and hold 0, 1 or 2; this is {table.shape}")
    return table.astype(np.int64)
