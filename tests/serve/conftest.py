"""A served persona, reached without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from personae.agent import Agent
from personae.memory.store import Store, open_store
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.serve.api import Door
from personae.serve.app import create_app
from personae.serve.hosting import Host
from personae.serve.keys import Keys

SHOP, GAME = "shop-key-0123456789", "game-key-0123456789"
Serving = Callable[..., Any]


def agent(answers: Any = lambda _: "Third shelf.", name: str = "Ana", **options: Any) -> Agent:
    return Agent(Persona(name=name), Scripted(answers), **options)


@pytest.fixture
def store() -> Store:
    return open_store(":memory:")


@pytest.fixture
def serving() -> Serving:
    """A client of an app: `async with serving(agent(), …) as client`."""

    @asynccontextmanager
    async def opened(
        *agents: Agent, store: Store | None = None, keys: Keys | None = None, **door: Any
    ) -> AsyncIterator[Any]:
        app = create_app(Door(Host.of(agents or (agent(),), store), **door), keys)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client

    return opened


def body(*said: str, **more: Any) -> dict[str, Any]:
    """A request whose messages take turns, the user first and last."""
    roles = ("user", "assistant")
    return {
        "model": "ana",
        "messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)],
        **more,
    }


CHAT = "/v1/chat/completions"
