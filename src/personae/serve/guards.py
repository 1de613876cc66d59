"""What stands before every request: a bounded body, a known host, a known key, a bounded rate."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from personae.serve.errors import Refused
from personae.serve.keys import Keys

#: Bytes of a body at most, and seconds in which it must be there.
MAX_BODY = 4 * 1024 * 1024
BODY_S = 30.0
#: What is left of a body without an end is not waited for; one that tells its length is passed over, so that its sender
#: reads why.
CLOSE = {"Connection": "close"}


@dataclass(frozen=True)
class Bounded:
    """Refuses bodies of more than `max_body` bytes, and those that are not there after `body_s` seconds."""

    app: ASGIApp
    max_body: int = MAX_BODY
    body_s: float = BODY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        read, more, end = 0, True, asyncio.get_running_loop().time() + self.body_s
        refused: Refused | None = None

        async def bounded() -> Message:
            nonlocal read, more, refused
            try:
                async with asyncio.timeout_at(end if more else None):
                    message = await receive()
            except TimeoutError:
                told = f"the body was not there after {self.body_s:g} s"
                refused = Refused(408, told, code="body_too_slow", headers=CLOSE)
                return {"type": "http.disconnect"}
            more = more and message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self.max_body:
                refused = self._too_large(CLOSE)
            return {"type": "http.disconnect"} if refused else message

        async def unless_refused(message: Message) -> None:
            if refused is None:
                await send(message)

        if int(_header(scope, b"content-length") or 0) > self.max_body:
            refused = self._too_large({})
        else:
            await self.app(scope, bounded, unless_refused)
        if refused:
            await refused.response()(scope, receive, send)

    def _too_large(self, headers: dict[str, str]) -> Refused:
        told = f"the body is larger than {self.max_body} bytes; send less"
        return Refused(413, told, code="body_too_large", headers=headers)


@dataclass(frozen=True)
class Authorised:
    """Lets nobody without a key near these paths; who it is stands in `scope["personae.holder"]`."""

    app: ASGIApp
    keys: Keys
    paths: tuple[str, ...] = ("/v1/", "/metrics", "/openapi.json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(self.paths):
            holder = self.keys.holder(_header(scope, b"authorization"))
            if holder is None:
                told = "the API key is missing or wrong; send the header Authorization: Bearer KEY"
                headers = {"WWW-Authenticate": "Bearer"}
                await Refused(401, told, code="invalid_api_key", headers=headers).response()(scope, receive, send)
                return
            scope["personae.holder"] = holder
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class KnownHosts:
    """Serves only requests whose Host header names one of these: no page elsewhere may point its own name at us."""

    app: ASGIApp
    hosts: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one socket."""
        if scope["type"] in ("http", "websocket") and _host(scope) not in self.hosts:
            refusal = Refused(421, "this server does not go by that name", code="unknown_host")
            if scope["type"] == "http":
                await refusal.response()(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, send)


def _host(scope: Scope) -> str:
    named = (_header(scope, b"host") or "").lower()
    return named.rpartition(":")[0] if named.rpartition(":")[2].isdigit() else named


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


@dataclass
class Rate:
    """At most so many requests a minute of each caller, evenly spread after a first burst of as many.

    Callers that have not come for a minute are forgotten; of more than `most` the longest silent one is.

    >>> rate = Rate(2, clock=iter([0.0, 1.0, 2.0, 40.0]).__next__)
    >>> [round(rate.wait("ines"), 1) for _ in range(4)]
    [0.0, 0.0, 28.0, 0.0]
    """

    a_minute: float
    clock: Callable[[], float] = monotonic
    most: int = 100_000
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict, repr=False)

    def wait(self, caller: str) -> float:
        """Seconds to wait before the next request, 0 where this one may pass."""
        now, gap = self.clock(), 60.0 / self.a_minute
        full_at = max(now, self._full_at.get(caller, now))  # when all of the burst is there again
        wait = full_at + gap - now - 60.0
        if wait > 1e-9:
            return wait
        self._full_at[caller] = full_at + gap
        self._full_at.move_to_end(caller)
        while len(self._full_at) > self.most:
            self._full_at.popitem(last=False)
        return 0.0
