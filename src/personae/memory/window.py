"""The simplest memory: the newest messages, as many as fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from personae.errors import UsageError
from personae.memory.roles import Recalled
from personae.persona.tokens import estimate_tokens
from personae.types import Conversation, Message


@dataclass(frozen=True)
class Window:
    """Recalls the newest messages up to `max_messages` and `max_tokens`; no limit by default.

    The last message is always recalled, whatever it costs. Whether all of it fits the model's context is the
    prompt's business, which gives up examples before it gives up messages.

    >>> talk = Conversation(tuple(Message("user", f"line {n}") for n in range(5)))
    >>> import asyncio
    >>> recalled = asyncio.run(Window(max_messages=2).recall(talk))
    >>> [message.content for message in recalled.conversation], recalled.forgotten
    (['line 3', 'line 4'], 3)
    """

    max_messages: int | None = None
    max_tokens: int | None = None
    count_tokens: Callable[[str], int] = estimate_tokens

    def __post_init__(self) -> None:
        for name in ("max_messages", "max_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name} is {value!r}; give at least 1, or None for no limit")

    async def recall(self, conversation: Conversation) -> Recalled:
        """The newest messages that fit, in order."""
        messages = conversation.messages
        kept = len(messages) if self.max_messages is None else min(self.max_messages, len(messages))
        if self.max_tokens is not None:
            kept = min(kept, self._that_fit(messages))
        forgotten = len(messages) - kept
        return Recalled(Conversation(messages[forgotten:]), forgotten=forgotten)

    async def keep(self, message: Message) -> None:
        """Nothing to do: the conversation itself is the memory."""

    def _that_fit(self, messages: tuple[Message, ...]) -> int:
        assert self.max_tokens is not None
        used = 0
        for number, message in enumerate(reversed(messages)):
            used += self.count_tokens(message.content)
            if used > self.max_tokens:
                return max(1, number)
        return len(messages)
