"""The personal story somebody writes, alone or after another person's story."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow
from personae.judges.asking import filled
from personae.measure.interaction.texts import texts
from personae.models.scoring import looks_refused
from personae.types import Conversation, Message, Outcome

#: Words asked for in the source, and the tokens left for one word.
WORDS, TOKENS_PER_WORD = 800, 1.6
#: A text that opens by declining is a refusal up to so many words; a longer one is a story about it.
LONGEST_REFUSAL = 60


@dataclass(frozen=True, slots=True)
class Story:
    """What was written and the talk it stands in. A story that was cut off is a story all the same, and `cut`."""

    text: str
    talk: Conversation
    outcome: Outcome
    cut: bool = False


async def write(agent: Agent, *, words: int = WORDS, after: str = "") -> Story:
    """A story of about `words` words by the agent, after having read another's story where one is given.

    A refusal, an empty text and a call that gave none are outcomes; other model errors are raised.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> from personae.persona.persona import Persona
    >>> ana = Agent(Persona(name="Ana"), Scripted(["I once rowed to the island."]))
    >>> asyncio.run(write(ana, words=10)).text
    'I once rowed to the island.'
    """
    say = texts("prompts")
    task = filled(say["story"].strip(), {"words": str(words)})
    if after:
        task = filled(say["story_after"].strip(), {"story": after.strip(), "ask": task})
    settings = dataclasses.replace(agent.settings, max_tokens=max(4, int(words * TOKENS_PER_WORD)))
    talk = Conversation((Message("user", task),))
    try:
        turn = await dataclasses.replace(agent, settings=settings).reply(talk)
    except (BadResponse, ContextOverflow):
        return Story("", talk, "failed")
    outcome = turn.completion.outcome
    cut = outcome == "truncated"
    if outcome in ("answered", "truncated"):
        outcome = "refused" if _declined(turn.message.content) else "answered"
    return Story(turn.message.content, talk + turn.message, outcome, cut)


def _declined(text: str) -> bool:
    return looks_refused(text) and len(text.split()) <= LONGEST_REFUSAL
