"""Several ways to adapt a persona, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from personae.agent.roles import Adapt
from personae.persona.persona import Persona
from personae.types import Conversation


@dataclass(frozen=True)
class InTurn:
    """An `Adapt` of others: each gets the persona the one before it made. Without any the persona stays as it is.

    `InTurn((invent, choose))` first makes sure that there is an answer, then leaves nothing but the answer.
    """

    adapts: tuple[Adapt, ...]

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona after all of them."""
        for adapt in self.adapts:
            persona = await adapt(persona, conversation)
        return persona
