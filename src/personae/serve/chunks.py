"""A reply as OpenAI's clients read it: whole, or as a stream of server-sent events."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from personae.agent import Turn
from personae.types import Outcome, Usage

DONE = b"data: [DONE]\n\n"
#: How an attempt ended, in OpenAI's words.
REASONS: dict[Outcome, str] = {"answered": "stop", "truncated": "length", "refused": "content_filter"}


@dataclass(frozen=True)
class Envelope:
    """What all pieces of one reply have in common."""

    id: str
    model: str
    created: int

    @classmethod
    def new(cls, model: str, created: int) -> Envelope:
        """With an id of its own."""
        return cls(f"chatcmpl-{secrets.token_hex(12)}", model, created)

    def whole(self, turn: Turn) -> dict[str, Any]:
        """The reply at once."""
        message = {"role": "assistant", "content": turn.message.content, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason(turn)}
        return self._frame("chat.completion", [choice]) | {"usage": usage(turn.completion.usage)}

    def piece(self, text: str, *, first: bool = False) -> bytes:
        """Some of its text."""
        return self._event({"role": "assistant", "content": text} if first else {"content": text})

    def end(self, turn: Turn) -> bytes:
        """How it ended."""
        return self._event({}, reason(turn))

    def cost(self, turn: Turn) -> bytes:
        """What it cost, for clients that ask to know."""
        return _event(self._frame("chat.completion.chunk", []) | {"usage": usage(turn.completion.usage)})

    def _event(self, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _event(self._frame("chat.completion.chunk", [choice]))

    def _frame(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model, "choices": choices}


def failed(body: dict[str, Any]) -> bytes:
    """An error in the middle of a stream, whose status was sent before."""
    return _event(body)


def reason(turn: Turn) -> str:
    """Why the reply ended, in OpenAI's words."""
    return REASONS.get(turn.completion.outcome, "stop")


def usage(spent: Usage) -> dict[str, Any]:
    """Tokens as OpenAI counts them."""
    return {
        "prompt_tokens": spent.prompt_tokens,
        "completion_tokens": spent.completion_tokens,
        "total_tokens": spent.prompt_tokens + spent.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": spent.cached_tokens},
    }


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
