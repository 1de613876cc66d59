"""What goes wrong, in the shape OpenAI's clients know: status, type, code, and a message with the next step."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi.responses import JSONResponse

from personae.errors import (
    AuthenticationFailed,
    ContextOverflow,
    ModelError,
    ModelUnreachable,
    PersonaeError,
    RateLimited,
)
from personae.memory.store.roles import StoreError


@dataclass
class Refused(Exception):
    """A request that is not served. `type` and `code` are OpenAI's words, `param` names the field at fault."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, dict[str, str | None]]:
        """The body of the answer."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse(self.body(), self.status, self.headers)


def refused(error: PersonaeError) -> Refused:
    """What a client is told of an error of ours. What it says of the server's own key, address or files stays here.

    >>> refused(ModelUnreachable("http://10.0.0.1 refused")).message
    'the model behind this persona cannot be reached'
    """
    if isinstance(error, ContextOverflow):
        told = "the talk is longer than the model behind this persona can read; send fewer or shorter messages"
        return Refused(400, told, code="context_length_exceeded", param="messages")
    if isinstance(error, RateLimited):
        return Refused(429, "the model behind this persona is busy; try again later", "rate_limit_error", "busy")
    if isinstance(error, AuthenticationFailed | ModelUnreachable):
        return Refused(502, "the model behind this persona cannot be reached", "server_error", "model_unreachable")
    if isinstance(error, ModelError):
        return Refused(502, "the model behind this persona gave no answer", "server_error", "bad_gateway")
    if isinstance(error, StoreError):
        told = "what was said could not be read or kept; the server's log says why"
        return Refused(500, told, "server_error", "memory_failed")
    return Refused(500, "this reply could not be made; the server's log says why", "server_error", "internal_error")
