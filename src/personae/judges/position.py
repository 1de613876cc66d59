"""Does a judge look at the place instead of the reply? Its share of "A" beside the true one, tested exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.judges.verdicts import Side
from personae.stats.counts import binomial_two_sided

#: A bias this unlikely by chance is called one.
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class PositionBias:
    """How often a judge said "A", how often A was right, and how right it was on either side.

    n:          verdicts A or B; `ties` are left out.
    share_a, gold_share_a: share of "A" among what was said, and among what is true.
    p:          two-sided exact binomial test of the said share against the gold share.
    accuracy, accuracy_gold_a, accuracy_gold_b: share of right verdicts: all, those where A was right, where B was.
                None where there are none.
    """

    n: int
    ties: int
    share_a: float | None
    gold_share_a: float | None
    p: float | None
    accuracy: float | None
    accuracy_gold_a: float | None
    accuracy_gold_b: float | None

    @property
    def biased(self) -> bool:
        """Whether the shares differ by more than chance would (p < .05)."""
        return self.p is not None and self.p < LEVEL


def position_bias(said: Sequence[Side], gold: Sequence[Side]) -> PositionBias:
    """The bias of verdicts for a side, given which side was right. Raises UsageError for unequal lengths or a gold tie.

    >>> bias = position_bias(["A"] * 9 + ["B"], ["A", "B"] * 5)
    >>> bias.share_a, bias.gold_share_a, round(bias.p, 4), bias.accuracy_gold_a, bias.accuracy_gold_b
    (0.9, 0.5, 0.0215, 1.0, 0.2)
    """
    if len(said) != len(gold):
        raise UsageError(f"{len(said)} verdicts but {len(gold)} true sides; give one for each")
    if wrong := [side for side in gold if side not in ("A", "B")]:
        raise UsageError(f"the true side {wrong[0]!r} is neither 'A' nor 'B'; leave such items out")
    pairs = [(verdict, true) for verdict, true in zip(said, gold, strict=True) if verdict in ("A", "B")]
    ties = len(said) - len(pairs)
    if not pairs:
        return PositionBias(0, ties, None, None, None, None, None, None)
    n = len(pairs)
    said_a = sum(verdict == "A" for verdict, _ in pairs)
    gold_a = sum(true == "A" for _, true in pairs)
    right_a = sum(verdict == true == "A" for verdict, true in pairs)
    right_b = sum(verdict == true == "B" for verdict, true in pairs)
    return PositionBias(
        n,
        ties,
        said_a / n,
        gold_a / n,
        binomial_two_sided(said_a, n, gold_a / n),
        (right_a + right_b) / n,
        right_a / gold_a if gold_a else None,
        right_b / (n - gold_a) if gold_a < n else None,
    )
