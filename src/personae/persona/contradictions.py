"""Which statements of a persona cannot both be true, and which say the same in other words.

`lint` compares words; this compares meanings, with a pair scorer that is passed in.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from personae.persona.lint import Finding
from personae.persona.own import teller
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

#: From this P(contradiction) on, in both directions, two statements are reported: a contradiction goes both ways. With
#: our own scorer that finds 44 % of the contradictions of Dialogue NLI and leaves 15 false alarms on our 22 starters
#: (6,030 pairs); from .5 on it would be 48 % and 22.
CONTRADICTS = 0.7
#: …and from this one on where their kinds have little to do with each other, as a hint only: 12 on the starters.
CONTRADICTS_WHATEVER_KIND = 0.95
#: From this P(entailment) on, in both directions, two statements say the same.
SAYS_THE_SAME = 0.9
#: Pairs of statements that are compared at most: all pairs of a hundred statements.
MOST_PAIRS = 4950
#: Pairs that go to the scorer together.
CHUNK = 64

#: Kinds of statements that bear on each other. Every kind bears on itself, and "other" on all.
NEIGHBOURS: tuple[tuple[str, ...], ...] = (
    ("family", "relationship", "residence", "age"),
    ("age", "work", "education", "family"),
    ("work", "education", "skill", "goal"),
    ("like", "dislike", "food", "hobby", "habit", "limit", "fear"),
    ("pet", "possession", "like", "dislike", "fear", "family", "health"),
    ("health", "appearance", "age", "food", "skill", "limit", "habit", "hobby"),
    ("personality", "habit", "speech", "belief", "limit", "fear", "like", "dislike"),
    ("event", "secret", "limit", "habit", "skill"),
)

Readable = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two statements, in the persona's order, and how likely it is that they contradict each other or say the same.

    `probability` is the smaller of the two directions'. `related` says whether the kinds bear on each other.
    """

    kind: Literal["contradiction", "redundant"]
    first: Statement
    second: Statement
    probability: float

    @property
    def related(self) -> bool:
        """Whether the two statements are of kinds that bear on each other."""
        return related(self.first.kind, self.second.kind)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data: ids, texts and the probability."""
        sides = {"first": self.first, "second": self.second}
        texts = {side: {"id": each.id, "text": each.text} for side, each in sides.items()}
        return {"kind": self.kind, **texts, "probability": round(self.probability, 4), "related": self.related}


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing a persona's statements two by two.

    clashes:  contradictions, then redundancies, the surest first.
    pairs:    how many pairs were compared, of `possible` ones.
    unread:   statements that were not compared, by reason.
    scorer:   name, checkpoint, data and validity of the pair scorer.
    reason:   why nothing was compared, None where something was.
    """

    clashes: tuple[Clash, ...] = ()
    pairs: int = 0
    possible: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    scorer: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "clashes": [clash.to_dict() for clash in self.clashes],
            "pairs": self.pairs,
            "possible": self.possible,
            "unread": dict(self.unread),
            "scorer": dict(self.scorer),
            "reason": self.reason,
        }

    def findings(self) -> tuple[Finding, ...]:
        """The same as findings of `lint`: contradictions of related kinds are warnings, all else is information."""
        found = [_finding(clash) for clash in self.clashes]
        notes = [self.reason] if self.reason else []
        if self.pairs < self.possible and not self.reason:
            notes.append(f"{self.pairs} of {self.possible} pairs were compared, those of related kinds first")
        notes += [f"{count} not compared: {reason}" for reason, count in self.unread.items()]
        if found and self.scorer.get("validity") == "below_gate":
            notes.append("the pair scorer misses a quality gate of its own card; read its findings as hints")
        return tuple(found + [Finding("info", "contradictions", "statements", note) for note in notes])


async def contradictions(persona: Persona, scorer: PairScorer, **options: Any) -> tuple[Finding, ...]:
    """The findings of `compare`, which takes the options: contradictions as warnings, the rest as information.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> facts = [{"id": "a", "text": "I have no pets."}, {"id": "b", "text": "My dog is called Rex."}]
    >>> scorer = ScriptedPairs({}, otherwise=(0.9, 0.1, 0.0))
    >>> found = asyncio.run(contradictions(Persona(name="Ana", statements=facts), scorer))
    >>> [(each.severity, each.rule, each.path) for each in found]
    [('warning', 'contradiction', 'statements.b')]
    """
    return (await compare(persona, scorer, **options)).findings()


async def compare(
    persona: Persona,
    scorer: PairScorer,
    *,
    most_pairs: int = MOST_PAIRS,
    languages: Collection[str] | None = ("en",),
    readable: Readable = lambda text: None,
    on_pairs: Callable[[int, int], None] = lambda done, planned: None,
) -> Compared:
    """Compare all statements two by two; what clashes has to do so in both directions.

    Statements in the third person are put into the first. Not compared are statements about others, in the second
    person, or not `readable` (which says why); the persona's language must be one of `languages` (None: any). Pairs
    that were true at different times, or are equal to the letter, need no scorer. Of more than `most_pairs` pairs
    those of kinds that bear on each other come first. `on_pairs` hears how many pairs are done and planned.
    """
    if languages is not None and persona.language not in languages:
        known = ", ".join(sorted(languages))
        return Compared(reason=f"not looked for: the persona speaks {persona.language!r}, the pair scorer {known}")
    texts, unread = _first_person(persona, readable)
    pairs = [pair for pair in itertools.combinations(texts, 2) if not _apart(*pair) and not _equal(texts, *pair)]
    chosen = sorted(pairs, key=lambda pair: not related(pair[0].kind, pair[1].kind))[:most_pairs]
    clashes: list[Clash] = []
    for start in range(0, len(chosen), CHUNK):
        on_pairs(start, len(chosen))
        clashes += await _judged(scorer, texts, chosen[start : start + CHUNK])
    on_pairs(len(chosen), len(chosen))
    clashes.sort(key=lambda clash: (clash.kind, not clash.related, -clash.probability))
    facts = {"name": scorer.name, **scorer.provenance}
    return Compared(tuple(clashes), len(chosen), len(pairs), unread, facts)


async def _judged(
    scorer: PairScorer, texts: Mapping[Statement, str], pairs: Sequence[tuple[Statement, Statement]]
) -> list[Clash]:
    """What clashes among the pairs. The way back is asked only where the way there clashes."""
    there = await _scored(scorer, texts, pairs)
    half = [(pair, row) for pair, row in zip(pairs, there, strict=True) if _clash(*pair, row)]
    back = await _scored(scorer, texts, [(second, first) for (first, second), _ in half])
    both = [_clash(*pair, list(map(min, row, other))) for (pair, row), other in zip(half, back, strict=True)]
    return [clash for clash in both if clash]


async def _scored(
    scorer: PairScorer, texts: Mapping[Statement, str], pairs: Sequence[tuple[Statement, Statement]]
) -> list[list[float]]:
    rows = await scorer.score([texts[first] for first, _ in pairs], [texts[second] for _, second in pairs])
    return [[float(probability) for probability in row] for row in rows]


def _clash(first: Statement, second: Statement, row: Sequence[float]) -> Clash | None:
    bar = CONTRADICTS if related(first.kind, second.kind) else CONTRADICTS_WHATEVER_KIND
    if row[CONTRADICTION] >= bar:
        return Clash("contradiction", first, second, row[CONTRADICTION])
    return Clash("redundant", first, second, row[ENTAILMENT]) if row[ENTAILMENT] >= SAYS_THE_SAME else None


def _first_person(persona: Persona, readable: Readable) -> tuple[dict[Statement, str], dict[str, int]]:
    """The statements that can be compared, each in the first person, and how many cannot, by reason."""
    told = teller(persona)
    texts: dict[Statement, str] = {}
    unread: dict[str, int] = {}
    for statement in persona.statements:
        reason = "about somebody else" if statement.speaker != "self" else readable(statement.text)
        if statement.person == "second":
            reason = "in the second person"
        if reason:
            unread[reason] = unread.get(reason, 0) + 1
        else:
            texts[statement] = told(statement)
    return texts, unread


def _apart(first: Statement, second: Statement) -> bool:
    """Whether one ceased to be true before the other began to be."""
    return _before(first.valid_to, second.valid_from) or _before(second.valid_to, first.valid_from)


def _before(end: str | None, start: str | None) -> bool:
    """ISO dates of unequal precision are compared as far as both go."""
    if not end or not start:
        return False
    both = min(len(end), len(start))
    return end[:both] < start[:both]


def _equal(texts: Mapping[Statement, str], first: Statement, second: Statement) -> bool:
    return texts[first].split() == texts[second].split()


def related(one: str, other: str) -> bool:
    """Whether statements of these kinds bear on each other.

    >>> related("like", "dislike"), related("name", "food"), related("other", "name")
    (True, False, True)
    """
    return one == other or "other" in (one, other) or any(one in group and other in group for group in NEIGHBOURS)


def _finding(clash: Clash) -> Finding:
    path, first, second = f"statements.{clash.second.id}", clash.first, clash.second
    if clash.kind == "redundant":
        said = f"{_short(second.text)} says the same as {first.id!r}, {_short(first.text)}"
        return Finding("info", "redundant", path, f"{said} (P {clash.probability:.2f} in both directions)")
    said = f"{_short(second.text)} contradicts {first.id!r}, {_short(first.text)}"
    return Finding(
        "warning" if clash.related else "info",
        "contradiction",
        path,
        f"{said} (P {clash.probability:.2f}); keep one, or say when each holds",
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"
