"""How much of a question's evidence stands high in a ranked list. All figures are 0 … 1, most at a cut k."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from personae.errors import UsageError


@dataclass(frozen=True, slots=True)
class Recall:
    """The figures of one ranked list.

    recall: share of the evidence among the first k; every string counts, repeats too, as LoCoMo does. 1 without any.
    any, all: is some of it there, is all of it? Both 1 without any.
    rank:   the place of the first that is evidence, in the whole list; None where there is none.
    ndcg:   Σ 1 / log2(rank + 1) of the evidence among the first k, over the best list's; None without evidence.
    """

    recall: float
    any: float
    all: float
    rank: int | None
    ndcg: float | None

    @property
    def reciprocal_rank(self) -> float:
        """1 / rank, 0 where nothing was found."""
        return 1 / self.rank if self.rank else 0.0


def recall_of(ranked: Sequence[str], evidence: Sequence[str], k: int) -> Recall:
    """Judge a ranked list, best first.

    >>> recall_of(["a", "b", "c"], ["b", "x"], 2)
    Recall(recall=0.5, any=1.0, all=0.0, rank=2, ndcg=0.38685280723454163)
    """
    if k < 1:
        raise UsageError(f"k is {k!r}; look at the first one at least")
    top = set(ranked[:k])
    found = [one in top for one in evidence]
    if not evidence:
        return Recall(1.0, 1.0, 1.0, None, None)
    wanted = set(evidence)
    rank = next((place for place, one in enumerate(ranked, 1) if one in wanted), None)
    return Recall(sum(found) / len(found), float(any(found)), float(all(found)), rank, ndcg(ranked, wanted, k))


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain of the first k, with gains of 0 and 1.

    >>> ndcg(["x", "a"], {"a"}, 5) == 1 / math.log2(3)
    True
    """
    best = sum(1 / math.log2(place + 1) for place in range(1, min(k, len(relevant)) + 1))
    return sum(1 / math.log2(place + 1) for place, one in enumerate(ranked[:k], 1) if one in relevant) / best
