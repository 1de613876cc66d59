"""How well the right thing is ranked among others. Ranks start at 1."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from personae.errors import UsageError


def rank(scores: Sequence[float], gold: int) -> float:
    """The rank of item `gold` when high scores come first; equals share the mean of their ranks.

    >>> rank([0.2, 0.9, 0.2], 0)
    2.5
    """
    if not 0 <= gold < len(scores):
        raise UsageError(f"item {gold!r} is not among {len(scores)} scores")
    if any(score != score for score in scores):
        raise UsageError("a score is NaN; leave the case out and count it")
    mine = scores[gold]
    better = sum(score > mine for score in scores)
    equal = sum(score == mine for score in scores)
    return better + (equal + 1) / 2


def mean_reciprocal_rank(ranks: Sequence[float]) -> float:
    """MRR, the mean of 1/rank, in (0, 1].

    >>> round(mean_reciprocal_rank([1, 2, 4]), 5)
    0.58333
    """
    return sum(1 / value for value in _checked(ranks)) / len(ranks)


def hits_at(ranks: Sequence[float], k: int) -> float:
    """Share of ranks that are ≤ k: recall@k where every case has one right item.

    >>> round(hits_at([1, 2, 4], 1), 5)
    0.33333
    """
    return sum(value <= k for value in _checked(ranks)) / len(ranks)


def recall_at(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Share of the relevant items among the first k of a ranked list.

    >>> recall_at(["a", "x", "b"], {"a", "b"}, 2)
    0.5
    """
    wanted = set(relevant)
    if not wanted:
        raise UsageError("no relevant items; recall has nothing to find")
    return len(wanted & set(ranked[:k])) / len(wanted)


def _checked(ranks: Sequence[float]) -> Sequence[float]:
    if not ranks or min(ranks) < 1:
        raise UsageError(f"ranks start at 1 and there must be one; got {list(ranks)[:5]!r}")
    return ranks
