"""A persona that cannot talk its agent out of its senses: trustworthy words around the prompt, a review of each reply.

Dr. Jekyll and Mr. Hyde: Two Faces of LLMs (2023) shows that a persona can be made to carry a model past its limits,
and that the same device – a personality, but a trustworthy one – defends it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from personae.agent.agent import Agent
from personae.agent.prompting.draft import FRAME_TOKENS
from personae.agent.refinement.reviewed import Review, Reviewed
from personae.agent.refinement.texts import review_texts
from personae.agent.roles import Count, Decode, Decoded, OnText, Prompt, Prompted, Section
from personae.memory import Recalled
from personae.persona.persona import Persona
from personae.types import Message, Model, Settings


def harden(
    agent: Agent, reviewer: Model | None = None, *, review: bool = True, heard: Callable[[Review], None] | None = None
) -> Agent:
    """The same agent with our words before and after its prompt, and every reply reviewed before it is heard.

    reviewer: the model that reviews; None: the agent's own. `review=False` leaves the review out.
    heard:    gets every `Review`.
    Costs about 150 prompt tokens a turn and, with the review, one call more (three more where a reply is revised).
    What that does to refusals is measured by `personae.measure.safety_gate`.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> from personae.types import Conversation
    >>> model = Scripted(["Third shelf.", '{"verdict": "release", "reason": "Harmless."}'])
    >>> turn = asyncio.run(harden(Agent(Persona(name="Ana"), model)).reply(Conversation((Message("user", "Maps?"),))))
    >>> turn.message.content, [message.role for message in turn.prompt.messages]
    ('Third shelf.', ['system', 'user', 'system'])
    """
    around = dataclasses.replace(agent, prompt=Framed(agent.prompt))
    if not review:
        return around
    return dataclasses.replace(
        around, decode=Unheard(agent.decode), refine=Reviewed(reviewer, first=agent.refine, heard=heard)
    )


@dataclass(frozen=True)
class Framed:
    """The `Prompt` role: another prompt with the trustworthy words before its first and after its last message.

    The words stand outside the persona's own texts, so no part of a card, its depth notes and lore included, comes
    before or after them.
    """

    prompt: Prompt

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Count,
        max_tokens: int | None,
    ) -> Prompted:
        """The framed prompt. Raises ContextOverflow when the persona does not fit beside the frame."""
        before, after = review_texts()["before"], review_texts()["after"]
        price = count_tokens(before) + count_tokens(after) + 2 * FRAME_TOKENS
        room = None if max_tokens is None else max(1, max_tokens - price)
        made = self.prompt(persona, recalled, user=user, seed=seed, count_tokens=count_tokens, max_tokens=room)
        sections = (Section("hardening", f"{before}\n\n{after}", price), *made.sections)
        messages = _closed(_opened(made.messages, before), after)
        return dataclasses.replace(made, messages=messages, sections=sections, tokens=made.tokens + price)


@dataclass(frozen=True)
class Unheard:
    """The `Decode` role: nobody hears a draft while it is spoken, for it may never be sent."""

    decode: Decode

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """The answer, unheard."""
        return await self.decode(model, prompted, settings, persona=persona)


def _opened(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    if messages and messages[0].role == "system":
        first = dataclasses.replace(messages[0], content=f"{text}\n\n{messages[0].content}")
        return (first, *messages[1:])
    return (Message("system", text), *messages)


def _closed(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    if len(messages) > 1 and messages[-1].role == "system":
        last = dataclasses.replace(messages[-1], content=f"{messages[-1].content}\n\n{text}")
        return (*messages[:-1], last)
    return (*messages, Message("system", text))
