"""A prompt that fits a model: planned with estimated tokens, checked with the model's own count if it has one."""

from __future__ import annotations

from typing import Protocol

from personae.agent.prompting.draft import FRAME_TOKENS
from personae.agent.roles import Count, CountsTokens, Prompted, counts_tokens
from personae.errors import ContextOverflow
from personae.persona.tokens import estimate_tokens
from personae.types import Message, Model

#: Shrinking the plan this often must be enough; each step aims 2 % below what was too much.
_ATTEMPTS = 5


class Build(Protocol):
    """Makes the prompt for a way of counting and a limit."""

    def __call__(self, *, count_tokens: Count, max_tokens: int | None) -> Prompted:
        """The prompt within `max_tokens` as counted."""
        ...


async def fitting(model: Model, build: Build, *, answer_tokens: int) -> Prompted:
    """The prompt that leaves room for an answer of `answer_tokens` in the model's context.

    A model that names no `context` gets the prompt as planned; one that cannot count gets what the estimate says.
    Raises ContextOverflow when the persona alone does not fit.
    """
    context: int | None = getattr(model, "context", None)
    if context is None:
        return build(count_tokens=estimate_tokens, max_tokens=None)
    room = planned = context - answer_tokens
    if room < 1:
        raise ContextOverflow(
            f"{model.name!r} reads {context} tokens and the answer may have {answer_tokens}: no room is left; "
            "lower max_tokens or open the model with a larger context"
        )
    for _ in range(_ATTEMPTS):
        prompted = build(count_tokens=estimate_tokens, max_tokens=planned)
        counted = await _exceeds(model, prompted.messages, room) if counts_tokens(model) else None
        if counted is None:
            return prompted
        planned = int(min(planned, prompted.tokens) * room / counted * 0.98)
    raise ContextOverflow(f"the prompt could not be brought below {room} tokens of {model.name!r}; shorten the persona")


async def _exceeds(model: CountsTokens, messages: tuple[Message, ...], room: int) -> int | None:
    """The counted tokens if they are more than there is room for. Few characters cannot be many tokens."""
    if sum(len(message.content.encode("utf-8", "replace")) + FRAME_TOKENS for message in messages) <= room:
        return None
    counted = await model.count_tokens("\n".join(message.content for message in messages))
    counted += FRAME_TOKENS * (len(messages) + 1)
    return counted if counted > room else None
