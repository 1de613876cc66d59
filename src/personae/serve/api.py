"""The routes: models, chat completions, health, metrics."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from personae.agent import Turn
from personae.errors import PersonaeError, UsageError
from personae.serve.chunks import DONE, Envelope, failed
from personae.serve.errors import Refused, refused
from personae.serve.guards import Rate
from personae.serve.hosting import Host
from personae.serve.keys import Keys
from personae.serve.metrics import CONTENT_TYPE, Metrics
from personae.serve.requests import Asked
from personae.serve.streaming import Ask, streamed

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Requests that are answered at once, and seconds after which a reply is given up.
AT_ONCE = 512
REPLY_S = 300.0
#: Seconds between two looks whether a client is still there.
LOOK_S = 0.5
#: What our own counters call a request whose client went away.
DROPPED = "dropped"
EVENTS = "text/event-stream"
UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class ErrorBody(BaseModel):
    """The body of every refusal."""

    error: dict[str, str | None]


ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorBody}, "5XX": {"model": ErrorBody}}


@dataclass
class Door:
    """What all requests share: the host behind it, how often one may come, how many at once, and the counters."""

    host: Host
    rate: Rate | None = None
    at_once: int = AT_ONCE
    reply_s: float = REPLY_S
    metrics: Metrics = field(default_factory=Metrics)
    started: int = field(default_factory=lambda: int(time.time()))
    busy: int = 0

    def let_in(self, model: str, caller: str) -> Visit:
        """Raises Refused for a persona that is not served, and for one request too many."""
        if model not in self.host.agents:
            known = ", ".join(self.host.agents)
            raise Refused(404, f"there is no model {model!r}; there are {known}", code="model_not_found", param="model")
        if refusal := self._too_many(caller):
            self.metrics.requests.labels(model, refusal.status).inc()
            raise refusal
        self.busy += 1
        self.metrics.at_once.set(self.busy)
        return Visit(self, model)

    def _too_many(self, caller: str) -> Refused | None:
        wait = self.rate.wait(caller) if self.rate else 0.0
        if wait:
            told, headers = f"too many requests; try again in {int(wait) + 1} s", {"Retry-After": str(int(wait) + 1)}
            return Refused(429, told, "rate_limit_error", "rate_limit_exceeded", headers=headers)
        if self.busy >= self.at_once:
            told = f"{self.at_once} requests are being answered; try again soon"
            return Refused(503, told, "server_error", "overloaded", headers={"Retry-After": "1"})
        return None


@dataclass
class Visit:
    """One request that was let in. `leave` is called once, at its very end."""

    door: Door
    model: str
    start: float = field(default_factory=time.perf_counter)
    status: int | str | None = None
    turn: Turn | None = None

    @property
    def end(self) -> float:
        """When its reply is given up, by the clock of the event loop."""
        return asyncio.get_running_loop().time() + self.door.reply_s - (time.perf_counter() - self.start)

    def leave(self) -> None:
        """Count it; without a status something broke."""
        self.door.busy -= 1
        metrics = self.door.metrics
        metrics.at_once.set(self.door.busy)
        metrics.requests.labels(self.model, self.status or 500).inc()
        metrics.seconds.labels(self.model).observe(time.perf_counter() - self.start)
        if self.status == DROPPED:
            metrics.dropped.labels(self.model).inc()
        if self.turn is not None:
            metrics.tokens.labels(self.model, "read").inc(self.turn.completion.usage.prompt_tokens)
            metrics.tokens.labels(self.model, "written").inc(self.turn.completion.usage.completion_tokens)


class Stream(StreamingResponse):
    """Server-sent events. The model is stopped and the visit left, even if the client went before the first one."""

    def __init__(self, events: AsyncIterator[bytes], pieces: AsyncGenerator[str | Turn], visit: Visit) -> None:
        super().__init__(events, media_type=EVENTS, headers=UNBUFFERED)
        self._pieces = pieces
        self._visit = visit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        try:
            await super().__call__(scope, receive, send)
            self._visit.status = self._visit.status or DROPPED
        finally:
            await self._pieces.aclose()
            self._visit.leave()


def routes(door: Door) -> APIRouter:
    """The API of a host. Who calls, `scope["personae.holder"]`, was told by `guards.Authorised`."""
    router = APIRouter(responses=ERRORS)

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        """The personas that are served, each as a model."""
        return {"object": "list", "data": [_model(name, door.started) for name in door.host.agents]}

    @router.get("/v1/models/{model}")
    async def model(model: str) -> dict[str, Any]:
        """One of them."""
        if model not in door.host.agents:
            raise Refused(404, f"there is no model {model!r}", code="model_not_found", param="model")
        return _model(model, door.started)

    @router.post("/v1/chat/completions", response_model=None, responses={200: {"content": {EVENTS: {}}}})
    async def chat(asked: Asked, request: Request) -> Response:
        """The persona's next turn, whole or as a stream."""
        return await _chat(door, asked, request)

    @router.head("/health", include_in_schema=False)  # which some proxies and watchers ask for
    @router.get("/health")
    async def health() -> dict[str, str]:
        """Is the server up?"""
        return {"status": "ok"}

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counters in Prometheus' text format."""
        return Response(door.metrics.text(), media_type=CONTENT_TYPE)

    return router


async def _chat(door: Door, asked: Asked, request: Request) -> Response:
    holder = str(request.scope.get("personae.holder", ""))
    visit = door.let_in(asked.model, holder or (request.client.host if request.client else ""))
    streaming = False
    try:
        ask = _ask(door.host, asked, holder)
        if asked.stream:
            response = await _streamed(visit, ask, asked, request)
            streaming = True
        else:
            response = await _whole(visit, ask, request)
        return response
    except (PersonaeError, TimeoutError, Refused) as error:
        told = _told(error)
        visit.status = told.status
        raise told from error
    except Gone:
        visit.status = DROPPED
        return Response(status_code=400)  # which nobody reads
    finally:
        if not streaming:
            visit.leave()


async def _whole(visit: Visit, ask: Ask, request: Request) -> Response:
    visit.turn = turn = await _unless_gone(request, ask(None), visit.end)
    _not_empty(turn)
    visit.status = 200
    return JSONResponse(_envelope(visit).whole(turn))


async def _streamed(visit: Visit, ask: Ask, asked: Asked, request: Request) -> Response:
    agent = visit.door.host.agents[visit.model]
    pieces = streamed(ask, agent.persona.name, live=agent.refine is None)
    first = await _unless_gone(request, anext(pieces), visit.end)  # an error before it has a status of its own
    _not_empty(first)
    usage = bool(asked.stream_options and asked.stream_options.include_usage)
    return Stream(_events(visit, first, pieces, usage=usage), pieces, visit)


def _ask(host: Host, asked: Asked, holder: str) -> Ask:
    """Raises Refused for what the client got wrong; a UsageError of later on is not its own."""
    agent, user = host.agents[asked.model], asked.caller()
    if user.casefold() == agent.persona.name.casefold():
        raise Refused(400, f"{user!r} is the persona's own name; give another as user, or as name", param="user")
    try:
        return functools.partial(
            host.reply,
            asked.model,
            asked.conversation(),
            asked.settings(agent.settings),
            user=user,
            owner=Keys.owner(holder, asked.user or "User"),
            talk=asked.talk(),
        )
    except UsageError as error:
        raise Refused(400, str(error)) from error


async def _events(
    visit: Visit, first: str | Turn, pieces: AsyncGenerator[str | Turn], *, usage: bool
) -> AsyncIterator[bytes]:
    envelope, end, piece = _envelope(visit), visit.end, first
    try:
        yield envelope.piece("", first=True)
        while isinstance(piece, str):
            yield envelope.piece(piece)
            await asyncio.sleep(0)  # others' turn, and where we hear that the client is gone
            async with asyncio.timeout_at(end):
                piece = await anext(pieces)
    except (PersonaeError, TimeoutError) as error:
        told = _told(error)
        visit.status = told.status
        yield failed(told.body())
        return
    visit.turn = piece
    yield envelope.end(piece)
    if usage:
        yield envelope.cost(piece)
    yield DONE
    visit.status = 200


def _envelope(visit: Visit) -> Envelope:
    return Envelope.new(visit.model, int(time.time()))


def _told(error: PersonaeError | Refused | TimeoutError) -> Refused:
    """What the client is told; the log has all of it."""
    if isinstance(error, Refused):
        return error
    log.warning("%s: %s", type(error).__name__, error)
    if isinstance(error, TimeoutError):
        return Refused(504, "the reply took too long and was given up", "server_error", "timeout")
    return refused(error)


def _not_empty(turn: str | Turn) -> None:
    if isinstance(turn, Turn) and turn.completion.outcome == "empty":
        raise Refused(502, "the model behind this persona gave an empty answer", "server_error", "empty_answer")


class Gone(Exception):
    """The client went away before the first byte."""


async def _unless_gone(request: Request, work: Awaitable[T], end: float) -> T:
    """The result of some work, which is stopped at its end, and when the client goes away: TimeoutError, Gone."""
    task = asyncio.ensure_future(work)
    try:
        async with asyncio.timeout_at(end):
            while not (await asyncio.wait({task}, timeout=LOOK_S))[0]:
                if await request.is_disconnected():
                    raise Gone
            return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


def _model(name: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": "personae"}
