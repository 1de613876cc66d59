"""A question the profile has no answer to: a fact is found that fits, told from now on, and written down.

After "Persona Extending" (2022): retrieve from a pool, drop what contradicts, prefer what sounds like the persona.
What was made up once is kept, or the second asking would contradict the first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from personae.agent.adaptation.asking import asks_about_you, query_of
from personae.agent.adaptation.notebook import Notebook, invented
from personae.agent.adaptation.pool import Pool, covering
from personae.agent.adaptation.sounding import style_nearness
from personae.agent.reading import Unread, readable
from personae.persona.own import own_statements
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, Conversation, Embedder, PairScorer

logger = logging.getLogger(__name__)

#: A fact and a number between 0 and 1.
Judged = tuple[str, float]


@dataclass(frozen=True)
class Invention:
    """How a turn was met. `persona` is the one to play, `statement` the fact that answers, if there is one.

    how: "no question"   the turn asks for no fact
         "unread"        it does, but the scorer cannot read it, or none of the statements
         "known"         a statement answers it; `statement` is the most relevant
         "noted"         it was asked before; `statement` is the fact made up then
         "invented"      `statement` was found in the pool and written down
         "nothing fits"  whatever the pool offered was far, repeated or contradicted what is there
    dropped: pool facts that were set aside, with the largest P(contradiction) each met.
    """

    persona: Persona
    how: Literal["no question", "unread", "known", "noted", "invented", "nothing fits"]
    statement: Statement | None = None
    dropped: tuple[Judged, ...] = ()


@dataclass(frozen=True)
class Invent:
    """An `Adapt` that answers the unanswerable, and the same way the next time.

    known:          from this relevance to the query on, a statement answers it (.3: the toolkit's specification)
    near:           … if its cosine with the query is this, too, where there is an embedder. The embedded scorer gives
                    most questions a statement above .3, so give one: with both, 68 % of questions within a starter's
                    profile count as answered and 32 % of those beyond it; by relevance alone, all of either
    retrieve:       how many pool facts are looked at (50)
    contradiction:  from this P(contradiction), in either direction, a fact is dropped (.5)
    floor:          a pool fact less similar to the query than this is no answer (cosine; BM25 relative to the best)
    style:          how much sounding like the persona counts beside the rest; 0 turns it off
    when:           which turns ask for a fact

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> from personae.types import Message
    >>> invent = Invent(ScriptedPairs(), Pool(("I drive a green van.", "I grow roses.")))
    >>> asked = Conversation((Message("user", "What do you drive?"),))
    >>> first = asyncio.run(invent.answer(Persona(name="Ana"), asked))
    >>> first.how, first.statement.text, asyncio.run(invent.answer(Persona(name="Ana"), asked)).how
    ('invented', 'I drive a green van.', 'noted')
    """

    scorer: PairScorer
    pool: Pool = field(default_factory=Pool.ours)
    notebook: Notebook = field(default_factory=Notebook)
    embedder: Embedder | None = None
    known: float = 0.3
    near: float = 0.3
    retrieve: int = 50
    contradiction: float = 0.5
    floor: float = 0.3
    style: float = 0.1
    when: Callable[[str], bool] = asks_about_you
    on_invention: Callable[[Invention], None] | None = None

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona with everything it made up so far, and with the fact this turn asks for."""
        invention = await self.answer(persona, conversation)
        if self.on_invention is not None:
            self.on_invention(invention)
        return invention.persona

    async def answer(self, persona: Persona, conversation: Conversation) -> Invention:
        """How the last turn of the user can be answered."""
        query = query_of(conversation)
        whole = self.notebook.into(persona)
        if query is None or not self.when(query):
            return Invention(whole, "no question")
        try:
            return await self._met(persona, query)
        except Unread as error:
            logger.warning("nothing is made up: %s", error)
            return Invention(whole, "unread")

    async def _met(self, persona: Persona, query: str) -> Invention:
        readable(self.scorer, [query], "turns")
        while True:
            if noted := self.notebook.answer(persona.name, query):
                return Invention(self.notebook.into(persona), "noted", noted)
            before = self.notebook.notes(persona.name)
            whole = self.notebook.into(persona)
            if statement := await self._known(whole, query):
                return Invention(whole, "known", statement)
            found, dropped = await self._find(whole, query)
            if found is None:
                return Invention(whole, "nothing fits", dropped=dropped)
            if self.notebook.notes(persona.name) == before:  # nobody wrote while we were looking
                made = self.notebook.write(persona.name, query, *found)
                return Invention(self.notebook.into(persona), "invented", made, dropped)

    def _own(self, persona: Persona) -> list[Statement]:
        own = own_statements(persona)
        return [own[place] for place in readable(self.scorer, [statement.text for statement in own], "statements")]

    async def _known(self, persona: Persona, query: str) -> Statement | None:
        own = self._own(persona)
        if not own:
            return None
        texts = [statement.text for statement in own]
        heads = await self.scorer.relevance(texts, [query] * len(own), to="query")
        answers = heads >= self.known
        if self.embedder is not None:
            vectors = self.embedder.embed([query, *texts])
            answers &= vectors[1:] @ vectors[0] >= self.near
        best = int((heads * answers).argmax())
        return own[best] if answers[best] else None

    async def _find(self, persona: Persona, query: str) -> tuple[Judged | None, tuple[Judged, ...]]:
        """(fact, confidence) of the best fact that fits, and what was set aside before it."""
        dropped: list[Judged] = []
        own = self._own(persona)
        ids = {statement.id for statement in own}
        for fact in self.ranked(query, [statement.text for statement in own]):
            if invented(fact).id in ids:
                continue
            worst = await self._worst(fact, [statement.text for statement in own])
            if worst < self.contradiction:
                return (fact, 1.0 - worst), tuple(dropped)
            dropped.append((fact, worst))
        return None, tuple(dropped)

    def ranked(self, query: str, own: Sequence[str]) -> list[str]:
        """Pool facts that may answer a query, best first: those that cover what the answer may be, told in the
        persona's manner where two are as good."""
        near = [pair for pair in self.pool.nearest(query, self.retrieve, self.embedder) if pair[1] >= self.floor]
        facts, similarities = [self.pool.facts[index] for index, _ in near], [value for _, value in near]
        if own and self.style:
            manner = style_nearness(facts, own)
            similarities = [value + self.style * close for value, close in zip(similarities, manner, strict=True)]
        return [facts[index] for index in covering(facts, similarities, len(facts))]

    async def _worst(self, fact: str, own: Sequence[str]) -> float:
        if not own:
            return 0.0
        alone = [fact] * len(own)
        rows = await self.scorer.score([*alone, *own], [*own, *alone])
        return float(rows[:, CONTRADICTION].max())
