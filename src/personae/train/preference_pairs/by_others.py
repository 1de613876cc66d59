"""Of many replies to one prompt, which do the others bear out best? No model asked, no card needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from personae.errors import UsageError
from personae.measure.self_check import Passage, Scorer, Unigram
from personae.measure.self_check.passage import tokens
from personae.train.preference_pairs.rows import PreferencePair
from personae.types import Message


@dataclass(frozen=True, slots=True)
class Ranked:
    """Replies by how little the others bear them out: `scores` are those of the scorer, None where it has none."""

    replies: tuple[str, ...]
    scores: tuple[float | None, ...]

    @property
    def known(self) -> list[tuple[float, str]]:
        """Score and reply, where there is a score."""
        return [(score, reply) for reply, score in zip(self.replies, self.scores, strict=True) if score is not None]

    @property
    def best(self) -> tuple[float, str]:
        """The reply that is borne out best, with its score."""
        return min(self.known)

    @property
    def worst(self) -> tuple[float, str]:
        """The one that is borne out least."""
        return max(self.known)

    @property
    def mean(self) -> float:
        """What a reply taken blindly scores."""
        return sum(score for score, _ in self.known) / len(self.known)

    def pair(self, prompt: Sequence[Message]) -> PreferencePair | None:
        """Best against worst; None where all score the same."""
        (low, chosen), (high, rejected) = self.best, self.worst
        if low == high:
            return None
        return PreferencePair(tuple(prompt), chosen, rejected, {"by": "agreement", "scores": [low, high]})


async def ranked(replies: Sequence[str], scorer: Scorer | None = None) -> Ranked:
    """Each reply checked against all the others, by its most surprising words (`Unigram`) unless told otherwise.

    Raises UsageError for fewer than three replies with something in them, for then there is nothing to check against.

    >>> import asyncio
    >>> said = ["I own a dog.", "I own a dog.", "I own a dog!", "I own a zebra."]
    >>> asyncio.run(ranked(said)).worst[1]
    'I own a zebra.'
    """
    scorer = scorer or Unigram(tokenise=cache(tokens))
    told = [reply for reply in replies if reply.strip()]
    if len(told) < 3:
        raise UsageError(f"{len(told)} replies are too few to check one against the others; give three or more")
    scores: list[float | None] = []
    for at, reply in enumerate(told):
        passage = Passage.of(reply, [*told[:at], *told[at + 1 :]])
        scores.append((await scorer(passage)).passage if passage.reason is None else None)
    if not any(score is not None for score in scores):
        raise UsageError("no reply holds a sentence that could be checked")
    return Ranked(tuple(told), tuple(scores))
