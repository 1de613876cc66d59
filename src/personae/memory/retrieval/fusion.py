"""Several signals to one score. Each way of fusing gives the parts a score is the sum of, so that a hit can say why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Signal → what it adds to the score of each document, float64 of shape (documents,).
Parts = dict[str, Any]

RRF_OFFSET = 60
_BY_LENGTH = ((3, 5.0, 0.7), (6, 7.0, 0.6), (9, 9.0, 0.5), (15, 10.0, 0.5))
_LONGER = (12.0, 0.5)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of every document for one query; arrays of shape (documents,).

    words:    BM25 of the turn, ≥ 0.
    meaning:  cosine, −1 … 1, or None without an embedder.
    named:    1 where the query names the speaker, else 0.
    talk:     BM25 of the session the turn belongs to, ≥ 0.
    sessions: the number of that session, so that neighbours are of one talk.
    terms:    how many terms the query has.
    """

    words: Any
    meaning: Any | None
    named: Any
    talk: Any
    sessions: Any
    terms: int


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts in `weighted`, and how much of a neighbour's score a turn is given.

    The default was chosen on LoCoMo's conversations 0–4. Chosen on four of them it finds 77.1 % of the fifth's evidence
    among ten turns (BM25 alone 61.4 %, see `personae.measure.recall.tuning`). `GUESS` are the weights from before any
    tuning.
    """

    words: float = 0.4
    meaning: float = 0.6
    named: float = 0.1
    talk: float = 0.3
    before: float = 0.4
    after: float = 0.3


GUESS = Weights(words=0.5, meaning=0.5, named=0.1, talk=0.0, before=0.3, after=0.3)

#: The LoCoMo conversations the default weights were chosen on.
CHOSEN_ON = frozenset({"conv-26", "conv-30", "conv-41", "conv-42", "conv-43"})


def weighted(signals: Signals, weights: Weights) -> Parts:
    """The default: a weighted sum, and a share of the better neighbour's sum.

    base = words · BM25 / best BM25 + meaning · cosine + named · [speaker named] + talk · session's BM25 / best;
    score = base + max(before · base of the turn before, after · base of the turn after), within the session.
    """
    own: Parts = {
        "words": weights.words * _of_best(signals.words),
        "meaning": weights.meaning * signals.meaning if signals.meaning is not None else np.zeros(len(signals.words)),
        "named": weights.named * signals.named,
        "talk": weights.talk * _of_best(signals.talk),
    }
    base = sum(own.values())
    return own | {"neighbours": _of_neighbours(base, signals.sessions, weights)}


def reciprocal_ranks(signals: Signals, weights: Weights) -> Parts:
    """Reciprocal rank fusion: Σ 1 / (60 + rank) over words and meaning (Cormack et al., SIGIR 2009)."""
    parts = {"words": np.where(signals.words > 0, 1 / (RRF_OFFSET + _ranks(signals.words)), 0.0)}
    if signals.meaning is not None:
        parts["meaning"] = 1 / (RRF_OFFSET + _ranks(signals.meaning))
    return parts


def squashed(signals: Signals, weights: Weights) -> Parts:
    """Cosine + σ(s (BM25 − m)), with m and s by the number of the query's terms; 0 where no word is shared."""
    m, s = next(((m, s) for most, m, s in _BY_LENGTH if signals.terms <= most), _LONGER)
    parts = {"words": np.where(signals.words > 0, 1 / (1 + np.exp(-s * (signals.words - m))), 0.0)}
    return parts | ({"meaning": signals.meaning} if signals.meaning is not None else {})


FUSIONS: dict[str, Callable[[Signals, Weights], Parts]] = {
    "weighted": weighted,
    "rrf": reciprocal_ranks,
    "sigmoid": squashed,
}


def order(scores: Any) -> Sequence[int]:
    """Places of the documents, best first; of equals the earlier one."""
    return [int(at) for at in np.argsort(-scores, kind="stable")]


def _of_best(scores: Any) -> Any:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else np.zeros(len(scores))


def _of_neighbours(base: Any, sessions: Any, weights: Weights) -> Any:
    before, after = np.zeros(len(base)), np.zeros(len(base))
    same = sessions[1:] == sessions[:-1]
    before[1:] = np.where(same, weights.before * base[:-1], 0.0)
    after[:-1] = np.where(same, weights.after * base[1:], 0.0)
    return np.maximum(np.maximum(before, after), 0.0)


def _ranks(scores: Any) -> Any:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
