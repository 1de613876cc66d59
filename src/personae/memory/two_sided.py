"""Two stores of facts, one of the user's and one of the persona's own: what is written and what is read.

The long-term memory of DuLeMon (Long Time No See!, 2022), with the contradiction check in front, for a cosine is blind
to "no": a fact that contradicts an older one takes its place, one that says the same replaces it, anything else is
appended.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import UsageError
from personae.memory.conflicts import EDGE
from personae.memory.facts import Fact, outranks
from personae.memory.refine import Refined, refine
from personae.memory.retrieval.words import terms
from personae.types import CONTRADICTION, Embedder, Model, PairScorer

Side = Literal["user", "persona"]
Action = Literal["appended", "replaced", "superseded", "known", "given_wins"]

#: From this cosine on a new fact replaces the old one (published: .9).
SAME = 0.9
#: Facts below this cosine do not come to mind, and no more than so many do (published).
FLOOR = 0.2
MOST = 5
#: Weight of the share of the query's words in a fact, beside the cosine: the best of six on half of 200 talks, by .004.
KEYWORDS = 0.2


@dataclass(frozen=True, slots=True)
class Write:
    """The stores after a write, what was done, and the ids of the facts that made way."""

    stores: TwoSided
    action: Action
    made_way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that came to mind: its cosine to the query, and the score it was ranked by."""

    fact: Fact
    cosine: float
    score: float


@dataclass(frozen=True, slots=True)
class TwoSided:
    """Facts of the user and of the persona. It never changes; nothing is deleted but by `without`.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> from personae.models.embedder import MiniLM
    >>> old, new = Fact("1", "I live in Porto.", "extracted"), Fact("2", "I live in Faro.", "extracted")
    >>> scorer = ScriptedPairs({(new.text, old.text): (0.95, 0.05, 0.0)})
    >>> async def both():
    ...     first = await TwoSided().write("user", old, MiniLM(threads=1), scorer)
    ...     return await first.stores.write("user", new, MiniLM(threads=1), scorer)
    >>> done = asyncio.run(both())
    >>> done.action, done.made_way, [fact.text for fact in done.stores.active("user")]
    ('superseded', ('1',), ['I live in Faro.'])
    """

    user: tuple[Fact, ...] = ()
    persona: tuple[Fact, ...] = ()

    def of(self, side: Side) -> tuple[Fact, ...]:
        """All facts of one side, replaced ones included."""
        if side not in ("user", "persona"):
            raise UsageError(f"unknown side {side!r}; user or persona")
        return self.user if side == "user" else self.persona

    def active(self, side: Side) -> tuple[Fact, ...]:
        """The facts of one side that hold."""
        return tuple(fact for fact in self.of(side) if fact.active)

    async def write(self, side: Side, fact: Fact, embedder: Embedder, scorer: PairScorer) -> Write:
        """The stores with one more fact. The other side is never touched, nor looked at.

        A fact with the words of an active one is "known" and adds its sources alone. Then contradictions: from
        P(contradiction) .8 in either direction the older fact is superseded – unless it is stated and the new one only
        expanded, where the new one is stored as superseded ("given_wins"). Then a cosine of .9 replaces.
        Raises UsageError for an id that is there with other words, and what the scorer raises.
        """
        active = self.active(side)
        for old in active:
            if _plain(old.text) == _plain(fact.text):
                return Write(self._with(side, {old.id: _joined(old, fact)}), "known")
        if any(old.id == fact.id for old in self.of(side)):
            raise UsageError(f"fact id {fact.id!r} is used twice on the {side}'s side; give each fact its own id")
        if not active:
            return Write(self._with(side, {}, fact), "appended")
        clashing = await _contradicted(fact, active, scorer)
        for old in clashing:
            if outranks(old, fact):
                return Write(self._with(side, {}, dataclasses.replace(fact, superseded_by=(old.id,))), "given_wins")
        if clashing:
            return self._replacing(side, clashing, fact, "superseded")
        vectors = embedder.embed([fact.text, *(old.text for old in active)])
        cosines = vectors[1:] @ vectors[0]
        best = int(cosines.argmax())
        if cosines[best] >= SAME:
            return self._replacing(side, [active[best]], fact, "replaced")
        return Write(self._with(side, {}, fact), "appended")

    def read(
        self, side: Side, query: str, embedder: Embedder, *, k: int = MOST, floor: float = FLOOR
    ) -> tuple[Found, ...]:
        """The active facts nearest to the query: cosine ≥ `floor`, best `k` by cosine + .2 · share of shared words.

        Raises UsageError for an empty query or k < 1.
        """
        if k < 1 or not query.strip():
            raise UsageError(f"k is {k!r}, the query {query!r}; give at least 1 and a text")
        facts = self.active(side)
        if not facts:
            return ()
        vectors = embedder.embed([query, *(fact.text for fact in facts)])
        cosines = vectors[1:] @ vectors[0]
        asked = set(terms(query))
        found = [
            Found(fact, float(cosine), float(cosine) + KEYWORDS * _shared(asked, fact.text))
            for fact, cosine in zip(facts, cosines, strict=True)
            if cosine >= floor
        ]
        return tuple(sorted(found, key=lambda one: -one.score)[:k])

    async def refined(self, side: Side, scorer: PairScorer, model: Model, **options: Any) -> tuple[TwoSided, Refined]:
        """The stores after the contradictions of one side are settled (`memory.refine`), and what was decided.

        A write settles what is plain: the newer fact supersedes. This asks where both may hold, and looks at facts
        that came by other ways. An expansion that a stated fact has won over is superseded, as in `write`.
        options: settings, max_calls, edge. Raises what `refine` raises.
        """
        done = await refine(self.of(side), scorer, model, **options)
        facts = {fact.id: fact for fact in done.facts}
        for decision in done.decisions:
            ends = sorted(decision.conflict.pair, key=lambda id: facts[id].origin == "expanded")
            if decision.action == "given_wins" and facts[ends[1]].active:
                facts[ends[1]] = dataclasses.replace(facts[ends[1]], superseded_by=(ends[0],))
        after = tuple(facts.values())
        return (TwoSided(after, self.persona) if side == "user" else TwoSided(self.user, after)), done

    def without(self, sources: Set[str]) -> TwoSided:
        """The stores as far as they rest on other turns: a fact goes with the last of its sources.

        What it had superseded holds again, unless something else had superseded that too.
        """
        return TwoSided(_remaining(self.user, sources), _remaining(self.persona, sources))

    def _replacing(self, side: Side, old: Sequence[Fact], new: Fact, action: Action) -> Write:
        ids = tuple(fact.id for fact in old)
        ended = {fact.id: dataclasses.replace(fact, superseded_by=(new.id,)) for fact in old}
        return Write(self._with(side, ended, dataclasses.replace(new, replaces=ids)), action, ids)

    def _with(self, side: Side, changed: dict[str, Fact], new: Fact | None = None) -> TwoSided:
        facts = tuple(changed.get(fact.id, fact) for fact in self.of(side)) + ((new,) if new else ())
        return TwoSided(facts, self.persona) if side == "user" else TwoSided(self.user, facts)


async def _contradicted(fact: Fact, active: Sequence[Fact], scorer: PairScorer) -> list[Fact]:
    texts = [old.text for old in active]
    here = [fact.text] * len(texts)
    rows: Any = await scorer.score([*here, *texts], [*texts, *here])
    found = [
        (max(float(rows[at][CONTRADICTION]), float(rows[at + len(texts)][CONTRADICTION])), old)
        for at, old in enumerate(active)
    ]
    return [old for weight, old in found if weight >= EDGE]


def _joined(old: Fact, new: Fact) -> Fact:
    return dataclasses.replace(
        old,
        sources=tuple(dict.fromkeys((*old.sources, *new.sources))),
        fragments=tuple(dict.fromkeys((*old.fragments, *new.fragments))),
    )


def _remaining(facts: tuple[Fact, ...], gone: Set[str]) -> tuple[Fact, ...]:
    kept = [
        dataclasses.replace(fact, sources=tuple(source for source in fact.sources if source not in gone))
        for fact in facts
        if not fact.sources or not set(fact.sources) <= gone
    ]
    ids = {fact.id for fact in kept}
    return tuple(
        dataclasses.replace(
            fact,
            superseded_by=tuple(id for id in fact.superseded_by if id in ids),
            replaces=tuple(id for id in fact.replaces if id in ids),
            beside=tuple(id for id in fact.beside if id in ids),
        )
        for fact in kept
    )


def _shared(asked: Set[str], text: str) -> float:
    return len(asked & set(terms(text))) / len(asked) if asked else 0.0


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".!")
