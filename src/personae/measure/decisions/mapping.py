"""Which memories come to mind before a decision.

By the scenario alone, or through the persona: first the parts of the description that bear on the decision, then
memories by the scenario and by each of these parts, the rankings fused. What determines a decision is often tied to it
by nothing but what the person is like. (Character is Destiny, 2024: CharMap; rank fusion: Cormack et al., 2009.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.measure.decisions.decision import Decision
from personae.measure.decisions.nearness import ByWords, Nearness
from personae.stats.paired import mean_ranks

#: Parts of the description that are asked with, and memories that come to mind.
PARTS, MEMORIES = 2, 3
#: What is added to ranks before they are turned over. The usual 60 is for long rankings that agree with each other;
#: here one part alone may know of the memory, so the first places weigh. Chosen with PARTS on synthetic decisions.
RANK_CONSTANT = 0


@dataclass(frozen=True, slots=True)
class Recalled:
    """What came to mind: indices of description parts (most fitting first) and of memories (in the order lived)."""

    parts: tuple[int, ...] = ()
    memories: tuple[int, ...] = ()


@dataclass(frozen=True)
class CharMap:
    """Persona-mapped retrieval. With `mapped` false the scenario alone is asked with, as plain retrieval does.

    >>> texts = ("The boat leaves at six.", "Marta said: never at night.", "The bread was stale.")
    >>> night = Decision("d", "Ana", "A boat waits at the pier.", "Does she go?", ("Yes", "No", "Later", "Never"), 1,
    ...     description="About a boat she hears what Marta said. She bakes.", memories=texts)
    >>> CharMap(memories=2)(night).memories, CharMap(memories=1, mapped=False)(night).memories
    ((0, 1), (0,))
    """

    nearness: Nearness = field(default_factory=ByWords)
    parts: int = PARTS
    memories: int = MEMORIES
    mapped: bool = True

    def __post_init__(self) -> None:
        if self.parts < 1 or self.memories < 1:
            raise UsageError(f"{self.parts!r} parts and {self.memories!r} memories; one of each is the least")

    def __call__(self, decision: Decision, parts: Sequence[int] | None = None) -> Recalled:
        """What comes to mind before this decision, asked with these `parts`; with the nearest where none are given."""
        if parts is None:
            parts = self.bearing(decision) if self.mapped else ()
        parts = tuple(parts)
        return Recalled(parts, tuple(sorted(self.ranking(decision, parts)[: self.memories])))

    def bearing(self, decision: Decision) -> tuple[int, ...]:
        """The parts of the description that are nearest to scenario and question, nearest first."""
        return tuple(ordered(self.nearness(asks(decision), decision.parts))[: self.parts])

    def ranking(self, decision: Decision, parts: Sequence[int]) -> list[int]:
        """All memories that any query brings up, first the one that comes to mind first."""
        told = decision.parts
        queries = (asks(decision), *(told[part] for part in parts))
        return fused([self.nearness(query, decision.memories) for query in queries])


def asks(decision: Decision) -> str:
    """What a decision asks with: scenario and question. Options are no part of it: they would lead to themselves."""
    return f"{decision.scenario}\n{decision.question}"


def ordered(scores: Sequence[float]) -> list[int]:
    """Indices with a score above 0, the largest first; the first of equals first.

    >>> ordered([0.2, 0.0, 0.9, 0.2])
    [2, 0, 3]
    """
    return sorted((i for i, score in enumerate(scores) if score > 0), key=lambda i: (-scores[i], i))


def fused(rankings: Sequence[Sequence[float]], constant: int = RANK_CONSTANT) -> list[int]:
    """Reciprocal rank fusion: indices by Σ 1/(constant + rank) over the rankings, given as scores per item.

    Equal scores share the mean of their ranks; an item with a score of 0 or less is not in that ranking.

    >>> fused([[0.9, 0.1, 0.0], [0.0, 0.8, 0.0]])
    [1, 0]
    """
    total = [0.0] * (len(rankings[0]) if rankings else 0)
    for scores in rankings:
        listed = [item for item, score in enumerate(scores) if score > 0]
        for item, rank in zip(listed, mean_ranks([-scores[item] for item in listed]), strict=True):
            total[item] += 1 / (constant + float(rank))
    return ordered(total)
