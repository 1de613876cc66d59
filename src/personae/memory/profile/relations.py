"""When two entries say the same, and when the newer takes the older one's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from personae.files import bundled
from personae.memory.conflicts import EDGE
from personae.memory.profile.schema import NEGATIVE, Change, Entry, Identity, single, stems
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

#: From this share of common stems on, two plain facts of one field say the same.
SAME_FACT = 0.75
#: From this P(entailment) on, in both directions, two entries say the same.
SAME_SCORED = 0.9


@dataclass(frozen=True, slots=True)
class Relations:
    """What a scorer found beyond the rules: pairs of identities, in either order."""

    same: frozenset[frozenset[Identity]] = frozenset()
    contradict: frozenset[frozenset[Identity]] = frozenset()

    def are_same(self, one: Entry, other: Entry) -> bool:
        """Do both say the same?"""
        return same(one, other) or _among(one, other, self.same)

    def clash(self, one: Entry, other: Entry) -> bool:
        """Can they not both hold?"""
        return contradict(one, other) or _among(one, other, self.contradict)


RULES = Relations()


def same(one: Entry, other: Entry) -> bool:
    """By rule: one owner, field and polarity, and equal stems; or, of plain facts, ¾ of the stems in common.

    A preference that only adds a word to another ("roses", "climbing roses") says the same too.
    """
    if (one.owner, one.key, one.polarity) != (other.owner, other.key, other.polarity):
        return False
    a, b = _stem_set(one.value), _stem_set(other.value)
    if a == b:
        return True
    if one.polarity is not None:
        return len(a ^ b) == 1 and bool(a & b) and (a <= b or b <= a)
    return not single(one.key) and len(a & b) / len(a | b) >= SAME_FACT


def contradict(one: Entry, other: Entry) -> bool:
    """By rule: another value of a field that holds one, or a preference turned round.

    A negative covers a positive that it equals, that adds words to it, or that is of its kind (fish: sushi). The other
    way round it is an exception and stands beside: who likes music may dislike country music.
    """
    if one.owner != other.owner:
        return False
    if one.polarity is None or other.polarity is None:
        return one.key == other.key and one.polarity == other.polarity and single(one.key) and not same(one, other)
    if one.polarity == other.polarity:
        return False
    if stems(one.value) == stems(other.value):
        return True
    if (one.polarity in NEGATIVE) == (other.polarity in NEGATIVE):
        return False
    negative, positive = (one, other) if one.polarity in NEGATIVE else (other, one)
    return _covers(negative.value, positive.value)


async def scored(entries: Iterable[Entry], changes: Sequence[Change], scorer: PairScorer) -> Relations:
    """What a pair scorer says of each change beside each entry and each other change, of one owner.

    Contradiction from .8 in either direction on, sameness from P(entailment) .9 in both. Raises what the scorer raises.
    """
    new = [change.entry() for change in changes if not change.retract]
    known = {entry.identity: entry for entry in (*entries, *new)}
    pairs = [
        (one, other)
        for one in {entry.identity: entry for entry in new}.values()
        for other in known.values()
        if one.identity != other.identity and one.owner == other.owner
    ]
    there = [(one.sentence, other.sentence) for one, other in pairs]
    both = there + [(b, a) for a, b in there]
    if not both:
        return RULES
    rows = await scorer.score([a for a, _ in both], [b for _, b in both])
    alike, clash = set(), set()
    for at, (one, other) in enumerate(pairs):
        row, back = rows[at], rows[at + len(pairs)]
        ends = frozenset((one.identity, other.identity))
        if max(row[CONTRADICTION], back[CONTRADICTION]) >= EDGE:
            clash.add(ends)
        elif (one.key, one.polarity) == (other.key, other.polarity) and min(
            row[ENTAILMENT], back[ENTAILMENT]
        ) >= SAME_SCORED:
            alike.add(ends)
    return Relations(frozenset(alike), frozenset(clash))


def _among(one: Entry, other: Entry, pairs: frozenset[frozenset[Identity]]) -> bool:
    return bool(pairs) and frozenset((one.identity, other.identity)) in pairs


@lru_cache(10_000)
def _stem_set(value: str) -> frozenset[str]:
    return frozenset(stems(value))


def _covers(negative: str, positive: str) -> bool:
    wide, narrow = _stem_set(negative), _stem_set(positive)
    if wide <= narrow:
        return True
    kinds = _kinds()
    return any(narrow & kinds[stem] for stem in wide if stem in kinds and len(wide - {stem, "eat", "drink"}) == 0)


@cache
def _kinds() -> dict[str, frozenset[str]]:
    table = bundled(__package__, "texts/kinds.en.yaml")
    return {stems(kind)[0]: frozenset(stem for name in names for stem in stems(name)) for kind, names in table.items()}
