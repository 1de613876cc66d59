"""Which facts may stay: none that contradicts what is there, none that repeats it, a few in each slot.

Relatedness is not agreement: two sentences that contradict each other are near in meaning, so the contradiction is
asked of a pair scorer, in both directions, and the cosine only finds repetitions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from personae.metrics.text import words
from personae.persona.expansion.facts import SLOTS, Dropped, Fact, Slot
from personae.types import CONTRADICTION, Embedder, PairScorer


@dataclass
class _Kept:
    """What is there already: the sentences, and how many facts each slot has."""

    texts: list[str]
    filled: dict[Slot, int]
    facts: list[Fact] = field(default_factory=list)


async def sift(
    facts: Sequence[Fact],
    given: Sequence[str],
    scorer: PairScorer,
    embedder: Embedder | None = None,
    *,
    per_slot: int = 5,
    filled: dict[Slot, int] | None = None,
    contradiction: float = 0.5,
    same: float = 0.9,
) -> tuple[tuple[Fact, ...], tuple[Dropped, ...]]:
    """(kept, dropped). A fact leaves where P(contradiction) with a sentence of `given`, or with a fact kept before it,
    is at least `contradiction` in either direction, or its cosine with one is at least `same` (.5 and .9: the
    toolkit's specification). Without an embedder only the same words are a repetition.

    Facts are tried in turns, one of each statement after the other, until a slot has `per_slot` (`filled` are those it
    has already); facts nobody needed any more are in neither list. A kept fact's confidence is lowered by the
    largest P(contradiction) it met.
    """
    kept = _Kept(list(given), {slot: (filled or {}).get(slot, 0) for slot in SLOTS})
    queues = {slot: deque(_in_turns([fact for fact in facts if fact.slot == slot])) for slot in SLOTS}
    dropped: list[Dropped] = []
    while True:
        tried = [
            queues[slot].popleft()
            for slot in SLOTS
            for _ in range(min(per_slot - kept.filled[slot], len(queues[slot])))
        ]
        if not tried:
            return tuple(kept.facts), tuple(dropped)
        fresh = _new(tried, kept.texts, embedder, same, dropped)
        worst = await _worst(fresh, kept.texts, scorer)
        _keep(fresh, worst, kept, contradiction, dropped)


def _in_turns(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The first fact of every statement, then the second of every statement …"""
    groups: dict[str, deque[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.source.id, deque()).append(fact)
    while groups:
        for name in list(groups):
            yield groups[name].popleft()
            if not groups[name]:
                del groups[name]


def _new(
    tried: Sequence[Fact], known: Sequence[str], embedder: Embedder | None, same: float, dropped: list[Dropped]
) -> list[Fact]:
    """The facts that say something new; the others are added to `dropped`."""
    texts = [*known, *(fact.text for fact in tried)]
    vectors = embedder.embed(texts) if embedder else None
    fresh: list[Fact] = []
    standing = list(range(len(known)))
    for index, fact in enumerate(tried, len(known)):
        twin, value = _nearest(texts, standing, index, vectors)
        if value >= same:
            dropped.append(Dropped(fact, "repeats", texts[twin], value))
        else:
            fresh.append(fact)
            standing.append(index)
    return fresh


def _nearest(texts: Sequence[str], standing: Sequence[int], index: int, vectors: object) -> tuple[int, float]:
    for other in standing:
        if words(texts[other]) == words(texts[index]):
            return other, 1.0
    if vectors is None or not standing:
        return 0, -1.0
    cosines = vectors[list(standing)] @ vectors[index]  # type: ignore[index]
    return standing[int(cosines.argmax())], float(cosines.max())


Worst = list[list[tuple[float, str]]]


async def _worst(fresh: Sequence[Fact], known: Sequence[str], scorer: PairScorer) -> Worst:
    """For every fact: (P(contradiction), sentence) for all that is known and for the facts tried before it."""
    pairs = [
        (row, fact.text, other)
        for row, fact in enumerate(fresh)
        for other in (*known, *(earlier.text for earlier in fresh[:row]))
    ]
    found: Worst = [[] for _ in fresh]
    if not pairs:
        return found
    left, right = [text for _, text, _ in pairs], [other for _, _, other in pairs]
    rows = await scorer.score(left + right, right + left)
    values = rows[:, CONTRADICTION].reshape(2, len(pairs)).max(axis=0)
    for (row, _, other), value in zip(pairs, values, strict=True):
        found[row].append((float(value), other))
    return found


def _keep(fresh: Sequence[Fact], worst: Worst, kept: _Kept, limit: float, dropped: list[Dropped]) -> None:
    """Take the facts that contradict nothing that stands."""
    refused: set[str] = set()
    for fact, met in zip(fresh, worst, strict=True):
        value, other = max((pair for pair in met if pair[1] not in refused), default=(0.0, ""))
        if value >= limit:
            refused.add(fact.text)
            dropped.append(Dropped(fact, "contradicts", other, value))
        else:
            kept.texts.append(fact.text)
            kept.filled[fact.slot] += 1
            kept.facts.append(replace(fact, confidence=fact.confidence * (1.0 - value)))
