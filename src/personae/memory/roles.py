"""The role `Memory`: what an agent recalls before a turn and keeps after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from personae.types import Conversation, Message


@dataclass(frozen=True, slots=True)
class Recalled:
    """What comes to mind: messages in order, facts from elsewhere, and how many messages were left behind."""

    conversation: Conversation
    facts: tuple[str, ...] = ()
    forgotten: int = 0


class Memory(Protocol):
    """A memory. Both methods are async, for a memory may live in a database or ask a model."""

    async def recall(self, conversation: Conversation) -> Recalled:
        """What matters now. The last message of the conversation is always among it."""
        ...

    async def keep(self, message: Message) -> None:
        """Take note of a finished turn."""
        ...
