"""One statement for one turn: which of the persona's facts the next reply should rest on, and why.

After COMPAC ("Like hiking?", 2020): a prior over all statements, given and expanded, from which one is taken; the
prompt then holds the core of the persona and that statement alone. Choosing by hand gives control.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personae.agent.adaptation.asking import query_of
from personae.agent.reading import Unread, readable
from personae.errors import UsageError
from personae.persona.own import own_statements
from personae.persona.parts import LifeContext, Statement
from personae.persona.persona import Persona
from personae.types import Conversation, PairScorer, Side

logger = logging.getLogger(__name__)

#: Kinds of statements that always stay: who somebody is at all.
CORE = ("name",)
_SMALL = 1e-6


@dataclass(frozen=True)
class Chosen:
    """The statement taken, the prior over all that stood for choice (id → probability, summing to 1), and whether
    it was forced. `id` is None where there was nothing to choose from or nobody had spoken yet."""

    id: str | None
    prior: tuple[tuple[str, float], ...] = ()
    forced: bool = False


@dataclass(frozen=True)
class ChooseOne:
    """An `Adapt` that leaves one statement in the persona, the likeliest for the user's last turn
    (with the message before it where the turn leans on it).

    temperature: τ of the softmax; .5 sharpens (the toolkit's specification)
    force:       id of the statement to take whatever the prior says
    core:        kinds of statements that always stay
    on_choice:   hears of every choice

    >>> import asyncio
    >>> from personae.types import Message
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> facts = [{"id": "cat", "text": "I have a cat."}, {"id": "tea", "text": "I like tea."}]
    >>> scorer = ScriptedPairs(relevant={("I have a cat.", "Any pets?"): 0.9, ("I like tea.", "Any pets?"): 0.1})
    >>> one = ChooseOne(scorer)
    >>> asked = Conversation((Message("user", "Any pets?"),))
    >>> asyncio.run(one.choose(Persona(name="Ana", statements=facts), asked)).id
    'cat'
    """

    scorer: PairScorer
    temperature: float = 0.5
    force: str | None = None
    core: tuple[str, ...] = CORE
    on_choice: Callable[[Chosen], None] | None = None

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise UsageError(f"temperature is {self.temperature!r}; give a number above 0; 1 does not sharpen")

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona with its core and the chosen statement; as it is where there is nothing to choose."""
        chosen = await self.choose(persona, conversation)
        if self.on_choice is not None:
            self.on_choice(chosen)
        return persona if chosen.id is None else self.reduced(persona, chosen.id)

    async def choose(self, persona: Persona, conversation: Conversation) -> Chosen:
        """The choice and its prior. Raises UsageError if `force` names no statement of the persona."""
        if self.force is not None and all(statement.id != self.force for statement in persona.statements):
            ids = ", ".join(statement.id for statement in persona.statements)
            raise UsageError(f"there is no statement {self.force!r} to force; the ids are {ids or 'none'}")
        free = [statement for statement in own_statements(persona) if statement.kind not in self.core]
        query = query_of(conversation)
        try:
            read = readable(self.scorer, [statement.text for statement in free], "statements")
            readable(self.scorer, [query] if query else [], "turns")
        except Unread as error:
            logger.warning("no statement is chosen: %s", error)
            read, query = [], None
        free = [free[place] for place in read]
        if not free or (query is None and self.force is None):
            return Chosen(self.force, forced=self.force is not None)
        odds = await prior(free, query, self.scorer, self.temperature) if query else []
        named = tuple((statement.id, share) for statement, share in zip(free, odds, strict=bool(odds)))
        if self.force is not None:
            return Chosen(self.force, named, forced=True)
        return Chosen(max(named, key=lambda pair: pair[1])[0], named)

    def reduced(self, persona: Persona, id: str) -> Persona:
        """What the prompt is built from: name, identity, personality, speech, examples and scene stay; of the facts
        only those of the core and the chosen one."""
        kept = tuple(s for s in persona.statements if s.id == id or s.kind in self.core)
        empty = {"description": "", "values": (), "life": LifeContext(), "events": (), "relations": (), "goals": ()}
        return persona.edited(statements=kept, **empty)


async def prior(
    statements: Sequence[Statement], text: str, scorer: PairScorer, temperature: float = 0.5, *, to: Side = "query"
) -> list[float]:
    """p(statement | text), summing to 1: the softmax, sharpened by 1/`temperature`, of the relevance head's logits.

    `to` says what the text is: the "query" the statement would answer, or a "reply" that used it.
    """
    if not statements:
        return []
    heads = await scorer.relevance([s.text for s in statements], [text] * len(statements), to=to)
    logits = [_logit(float(value)) / temperature for value in heads]
    top = max(logits)
    weights = [math.exp(value - top) for value in logits]
    return [weight / sum(weights) for weight in weights]


def _logit(share: float) -> float:
    inside = min(1.0 - _SMALL, max(_SMALL, share))
    return math.log(inside / (1.0 - inside))
