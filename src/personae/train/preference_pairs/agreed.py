"""Keep the preferences on which several rewards of one model agree, clearly enough (SCIR).

A model that judges its own replies has more than one opinion: what it says when asked, in either order, and what
training has made likelier. Where these contradict each other the pair teaches noise.
[Self-Consistency of the Internal Reward Models Improves Self-Rewarding Language Models, 2025]
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.judges.pairwise import PairItem, pair_messages
from personae.judges.qualification.pairs import score_sides
from personae.train.preference_pairs.rows import PreferencePair
from personae.types import Message, Model

#: A pair is kept where the mean probability is at least so far from one half (the paper's confidence filter).
MARGIN = 0.1
#: How strongly a change of log-probability speaks in the implicit reward (the paper's β of preference optimisation).
BETA = 0.1
#: Below this share of kept pairs the rewards hardly agree at all.
FEW = 0.1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Two replies to one prompt, of which nobody has said yet which is better."""

    prompt: tuple[Message, ...]
    first: str
    second: str
    persona: str = ""


class Preference(Protocol):
    """An internal reward: the probability that the first reply is better than the second."""

    @property
    def name(self) -> str:
        """What a row calls it."""
        ...

    async def __call__(self, pair: Candidates, /) -> float | None:
        """The probability, 0 … 1; None where none could be had."""
        ...


@dataclass(frozen=True)
class AsJudge:
    """What the model says when asked which reply is better, both orders averaged; `asks` as of `PairwiseJudge`."""

    model: Model
    asks: str = "preference"

    @property
    def name(self) -> str:
        """ "judge/" and what is asked."""
        return f"judge/{self.asks}"

    async def __call__(self, pair: Candidates, /) -> float | None:
        """The mean probability over both orders; None where one of them has no answer."""
        question = next((m.content for m in reversed(pair.prompt) if m.role == "user"), pair.prompt[-1].content)
        item = PairItem(question, pair.first, pair.second, pair.persona)
        found = [await score_sides(self.model, pair_messages(item, self.asks, swapped=turn)) for turn in (False, True)]
        if any(each.side is None for each in found):
            return None
        shown_a, shown_b = ((each.share if each.side == "A" else 1 - each.share) for each in found)
        return (shown_a + 1 - shown_b) / 2


@dataclass(frozen=True)
class Implicit:
    """What training has made likelier: σ(β·(Δlog π − Δlog π_ref)) over the two replies.

    policy, reference: the model as it is and as it was. Both must score whole texts.
    """

    policy: Model
    reference: Model
    beta: float = BETA
    name: str = "implicit"

    async def __call__(self, pair: Candidates, /) -> float | None:
        """The probability; None where one of the models has no score."""
        moved = []
        for model in (self.policy, self.reference):
            try:
                scores = await model.logprobs(pair.prompt, (pair.first, pair.second))
            except (BadResponse, ContextOverflow):
                return None
            if scores.outcome != "answered" or scores.method != "exact" or -math.inf in scores.logprobs:
                return None
            moved.append(scores.logprobs[0] - scores.logprobs[1])
        return 1 / (1 + math.exp(min(700.0, -self.beta * (moved[0] - moved[1]))))


@dataclass(frozen=True)
class Agreed:
    """The pairs that were kept.

    kept:      share of the judged pairs, `agreement` the share on which all rewards prefer the same reply (as sure as
               may be); None without a judged pair.
    missing:   pairs that were not judged, or not kept, by reason.
    warning:   what is to be doubted, if anything.
    """

    pairs: tuple[PreferencePair, ...]
    judged: int
    agreeing: int
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> float | None:
        """Share of the judged pairs that are kept."""
        return len(self.pairs) / self.judged if self.judged else None

    @property
    def agreement(self) -> float | None:
        """Share of the judged pairs on which all rewards prefer the same reply."""
        return self.agreeing / self.judged if self.judged else None

    @property
    def warning(self) -> str | None:
        """Set where less than a tenth is kept."""
        if self.kept is None or self.kept >= FEW:
            return None
        return f"only {len(self.pairs)} of {self.judged} pairs are kept: the rewards hardly agree; look at them first"


async def agreed(
    candidates: Sequence[Candidates],
    rewards: Sequence[Preference],
    *,
    margin: float = MARGIN,
    limit: int = 8,
) -> Agreed:
    """The candidates on which all rewards prefer the same reply and |mean p − .5| ≥ margin, as preference pairs.

    At most `limit` candidates are looked at at a time. Raises UsageError for fewer than two rewards.
    """
    if len(rewards) < 2:
        raise UsageError(f"{len(rewards)} reward cannot agree with itself; give two or more")
    gate = asyncio.Semaphore(limit)

    async def judged(pair: Candidates) -> list[float | None]:
        async with gate:
            return [await reward(pair) for reward in rewards]

    table = await asyncio.gather(*(judged(pair) for pair in candidates))
    pairs: list[PreferencePair] = []
    missing: dict[str, int] = {}
    known = agreeing = 0
    for pair, row in zip(candidates, table, strict=True):
        ps = [p for p in row if p is not None]
        why = "not judged" if len(ps) < len(row) else reason(ps, margin)
        known += len(ps) == len(row)
        agreeing += len(ps) == len(row) and why != "the rewards disagree"
        if why is None:
            pairs.append(_pair(pair, ps, rewards))
        else:
            missing[why] = missing.get(why, 0) + 1
    return Agreed(tuple(pairs), known, agreeing, missing)


def reason(ps: Sequence[float], margin: float = MARGIN) -> str | None:
    """Why a pair with these probabilities is not kept; None where it is.

    >>> reason([0.9, 0.7]), reason([0.9, 0.4]), reason([0.55, 0.6])
    (None, 'the rewards disagree', 'too close to call')
    """
    if not (all(p > 0.5 for p in ps) or all(p < 0.5 for p in ps)):
        return "the rewards disagree"
    return None if abs(math.fsum(ps) / len(ps) - 0.5) >= margin - 1e-12 else "too close to call"


def penalty(ps: Sequence[float], weight: float = 1.0) -> float:
    """How inconsistent the rewards of a pair are, in nats: mean KL(p̄ ‖ p_i) + weight · H(p̄), for a training loss.

    The form is our reading of the paper. Probabilities are kept 1e-6 away from 0 and 1.

    >>> round(penalty([0.9, 0.9], 0), 6), penalty([0.9, 0.1]) > penalty([0.9, 0.8])
    (0.0, True)
    """
    kept = [min(1 - 1e-6, max(1e-6, p)) for p in ps]
    mean = math.fsum(kept) / len(kept)
    apart = math.fsum(mean * math.log(mean / p) + (1 - mean) * math.log((1 - mean) / (1 - p)) for p in kept) / len(kept)
    return apart - weight * (mean * math.log(mean) + (1 - mean) * math.log(1 - mean))


def _pair(pair: Candidates, ps: Sequence[float], rewards: Sequence[Preference]) -> PreferencePair:
    chosen, rejected = (pair.first, pair.second) if ps[0] > 0.5 else (pair.second, pair.first)
    about: dict[str, Any] = {"p_first": dict(zip([reward.name for reward in rewards], ps, strict=True))}
    return PreferencePair(pair.prompt, chosen, rejected, about | {"penalty": penalty(ps)})
