"""A chat endpoint that behaves as told, one behaviour per request: the last one is kept.

A behaviour is a function from the parsed request to an aiohttp response; below are the usual ones, good and bad.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


def reply(
    text: str | None = "Good evening.", *, finish: str = "stop", latency_s: float = 0.0, **choice: Any
) -> Behaviour:
    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(latency_s)
        message = {"role": "assistant", "content": text} | choice.pop("message", {})
        usage = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}
        return web.json_response({"choices": [{"message": message, "finish_reason": finish, **choice}], "usage": usage})

    return behave


def status(code: int, error: Any = None, headers: dict[str, str] | None = None) -> Behaviour:
    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        return web.json_response({"error": error or {"message": "no"}}, status=code, headers=headers)

    return behave


def raw(body: bytes, content_type: str = "application/json", code: int = 200) -> Behaviour:
    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type, status=code)

    return behave


def reset(after: bytes = b"") -> Behaviour:
    """Break the connection, if given after the head and some bytes of the body."""

    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse()
        if after:
            response.content_length = 10 * len(after)
            await response.prepare(request)
            await response.write(after)
            await asyncio.sleep(0.01)
        assert request.transport is not None
        request.transport.abort()
        return response

    return behave


def stream(*pieces: str, broken: bool = False) -> Behaviour:
    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in pieces:
            event = {"choices": [{"delta": {"content": piece}}]}
            await response.write(f": comment\r\ndata: {json.dumps(event)}\r\n\r\n".encode())
            await asyncio.sleep(0.001)
        if broken:
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(b'data: {"choices": [], "usage": {}}\n\ndata: [DONE]\n\n')
        return response

    return behave


def drip(pause_s: float) -> Behaviour:
    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" ")
            await asyncio.sleep(pause_s)
        return response

    return behave


class Stub:
    """The endpoint. `asked` keeps every request body, `headers` every head, `most` the most in flight."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours) or [reply()]
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.now = self.most = 0

    async def __aenter__(self) -> Stub:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._handle)
        self.runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        self.headers.append(dict(request.headers))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            behave = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
            return await behave(request, asked)
        finally:
            self.now -= 1
