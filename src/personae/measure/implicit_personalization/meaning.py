"""Rewrites that keep the meaning: both ways entailed, by a pair scorer. The others are dropped and counted.

Pairs of the kind "claim" differ in what is claimed, on purpose; there the task itself stands in both unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from personae.measure.implicit_personalization.cues import CuePair
from personae.models.embedder import supported
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

CHANGED, UNREAD = "changed_meaning", "unread"


@dataclass(frozen=True, slots=True)
class Kept:
    """The pairs in use, and why each other one is not: its id and the reason."""

    pairs: tuple[CuePair, ...]
    dropped: dict[str, str]
    scorer: str

    @property
    def missing(self) -> dict[str, int]:
        """How many were dropped, by reason."""
        reasons = list(self.dropped.values())
        return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}


async def keeping_meaning(
    pairs: Sequence[CuePair],
    scorer: PairScorer,
    *,
    readable: Callable[[str], str | None] = supported,
    strict: bool = True,
) -> Kept:
    """The pairs whose two texts mean the same.

    strict:   entailed both ways; else only: contradicted in neither. The loose rule is for scorers that were made for
              statements and call most questions neutral.
    readable: None, or why the scorer cannot read a text.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> same = CuePair("1", "I like this colour.", "I like this color.")
    >>> says = ScriptedPairs({(same.a, same.b): (0, 0, 1), (same.b, same.a): (0, 0, 1)})
    >>> kept = asyncio.run(keeping_meaning([same, CuePair("2", "I am old.", "I am cold.")], says))
    >>> [pair.id for pair in kept.pairs], kept.missing
    (['1'], {'changed_meaning': 1})
    """
    unread = {pair.id for pair in pairs if pair.kind != "claim" and (readable(pair.a) or readable(pair.b))}
    asked = [pair for pair in pairs if pair.kind != "claim" and pair.id not in unread]
    forth = await scorer.score([pair.a for pair in asked], [pair.b for pair in asked])
    back = await scorer.score([pair.b for pair in asked], [pair.a for pair in asked])
    both = np.stack([np.asarray(forth), np.asarray(back)]).reshape(2, len(asked), 3).argmax(axis=2)
    same = (both == ENTAILMENT).all(axis=0) if strict else (both != CONTRADICTION).all(axis=0)
    dropped = {pair.id: CHANGED for pair, kept in zip(asked, same, strict=True) if not kept}
    dropped |= dict.fromkeys(unread, UNREAD)
    return Kept(tuple(pair for pair in pairs if pair.id not in dropped), dropped, scorer.name)
