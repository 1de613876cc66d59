"""The role `Memory`: what an agent recalls before a turn and keeps after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from personae.types import Conversation, Message


@dataclass(frozen=True, slots=True)
class Recollection:
    """Something from earlier talks that came to mind, and why.

    text:    its line in the prompt.
    kind:    "belief" of a profile, or "turn" that was said.
    sources: where it comes from, as "conversation/turn".
    why:     the share of each signal in its rank, summing to 1; empty for what always comes to mind.
    """

    text: str
    kind: Literal["belief", "turn"]
    sources: tuple[str, ...]
    at: str | None = None
    why: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What comes to mind: messages in order, facts from elsewhere, and how many messages were left behind.

    `facts` are lines for the prompt; `recollections` explains those that come from earlier talks.
    """

    conversation: Conversation
    facts: tuple[str, ...] = ()
    forgotten: int = 0
    recollections: tuple[Recollection, ...] = ()


class Memory(Protocol):
    """A memory. Both methods are async, for a memory may live in a database or ask a model."""

    async def recall(self, conversation: Conversation) -> Recalled:
        """What matters now. The last message of the conversation is always among it."""
        ...

    async def keep(self, message: Message) -> None:
        """Take note of a finished turn."""
        ...
