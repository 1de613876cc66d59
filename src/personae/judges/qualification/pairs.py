"""Two replies put to a judge in both orders: by what it says (`PairwiseJudge`), or by the probability of its verdict.

Models that score whole answers are not made to write reasons: for them the verdicts [[A]] and [[B]] are compared.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from personae.errors import BadResponse, ContextOverflow
from personae.judges.pairwise import ASPECTS, PairItem, PairwiseJudge, pair_messages
from personae.judges.roles import Judge, Verdict
from personae.judges.verdicts import Side
from personae.models.choices import Way
from personae.types import Message, Model, OptionScores, Outcome, Usage

VERDICTS = ("[[A]]", "[[B]]")
_VALUES = {("A", "B"): 1.0, ("B", "A"): 0.0, ("tie", "tie"): 0.5}


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """A pairwise judge by probability: what it prefers in each order, with the rounds and values of `PairwiseJudge`.

    Equal probabilities are a "tie" in that order. `asks` is an aspect or a question of one's own.
    """

    model: Model
    asks: str = "in_character"

    @property
    def name(self) -> str:
        """ "scored/" and the model's name."""
        return f"scored/{self.model.name}"

    async def __call__(self, item: PairItem, /) -> Verdict:
        """The verdict on two replies; "inconsistent" where it hangs on the order."""
        read = [await score_sides(self.model, pair_messages(item, self.asks, swapped=turn)) for turn in (False, True)]
        outcomes = tuple(one.outcome for one in read)
        usage = sum((one.usage for one in read), Usage())
        sides = [one.side for one in read]
        account = Verdict(self.name, None, "inconsistent", "", None, ("", ""), outcomes, usage, {"rounds": [sides]})
        if None in sides:
            reason = next(outcome for outcome in outcomes if outcome != "answered")
            return dataclasses.replace(account, reason=reason, why="no verdict")
        value = _VALUES.get((str(sides[0]), str(sides[1])))
        return account if value is None else dataclasses.replace(account, value=value, reason=None)


@dataclass(frozen=True, slots=True)
class SideScore:
    """Which side a model prefers and with what probability (0.5 … 1); no side where it gave no answer."""

    side: Side | None
    share: float
    outcome: Outcome
    usage: Usage = field(default=Usage())


async def score_sides(model: Model, messages: Sequence[Message]) -> SideScore:
    """The verdict a model finds more probable. A broken answer or a prompt too long is "failed"."""
    try:
        scores: OptionScores = await model.logprobs(messages, VERDICTS)
    except (BadResponse, ContextOverflow):
        return SideScore(None, 0.0, "failed")
    if scores.best() is None:
        return SideScore(None, 0.0, "unparsed" if scores.outcome == "answered" else scores.outcome, scores.usage)
    first, second = scores.logprobs
    if math.isclose(first, second, abs_tol=1e-9):
        return SideScore("tie", 0.5, "answered", scores.usage)
    share = 1 / (1 + math.exp(-abs(first - second)))
    return SideScore("A" if first > second else "B", share, "answered", scores.usage)


def pair_judge(model: Model, way: Way, asks: str = "in_character") -> Judge[PairItem]:
    """The judge of pairs that fits the way in which this model answers; `asks` is an aspect or a question."""
    if way in ("letters", "whole"):
        return ScoredPairs(model, asks)
    return PairwiseJudge(model, asks) if asks in ASPECTS else PairwiseJudge(model, asks=asks)
