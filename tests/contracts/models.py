"""Every model implementation, each opened the way a user would. A factory gives an open model and a clean end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from personae.models.cache import Cached
from personae.models.ledger import Ledger, Metered
from personae.models.scripted import Scripted
from personae.types import Model

Factory = Callable[[Path], AbstractAsyncContextManager[Model]]


def plain(messages: object) -> str:
    return "A quiet evening in town."


@contextlib.asynccontextmanager
async def scripted(tmp_path: Path) -> AsyncIterator[Model]:
    yield Scripted(plain)


@contextlib.asynccontextmanager
async def cached(tmp_path: Path) -> AsyncIterator[Model]:
    model = Cached(Scripted(plain), tmp_path / "cache.db")
    yield model
    model.close()


@contextlib.asynccontextmanager
async def metered(tmp_path: Path) -> AsyncIterator[Model]:
    yield Metered(Scripted(plain), Ledger(tmp_path / "ledger.jsonl"), who="Ana")


@contextlib.asynccontextmanager
async def embedded(tmp_path: Path) -> AsyncIterator[Model]:
    from personae.models.embedded import Embedded

    async with Embedded(context=1024) as model:
        yield model


@contextlib.asynccontextmanager
async def hf(tmp_path: Path) -> AsyncIterator[Model]:
    from stubs.smollm import smollm

    yield smollm()


@contextlib.asynccontextmanager
async def http(tmp_path: Path) -> AsyncIterator[Model]:
    from stubs import endpoint as stub

    from personae.models.http import HttpModel

    async def speaks(request: Any, asked: dict[str, Any]) -> Any:
        return await (stub.stream("A") if asked.get("stream") else stub.reply("A"))(request, asked)

    async with stub.Stub(speaks) as endpoint:
        yield HttpModel("some-model", endpoint.url)


@contextlib.asynccontextmanager
async def inspect(tmp_path: Path) -> AsyncIterator[Model]:
    from inspect_ai.model import ModelOutput, ModelUsage

    from personae.models.inspect import from_inspect

    outputs = [ModelOutput.from_content("mockllm/model", "A") for _ in range(20)]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
    yield from_inspect("mockllm/model", custom_outputs=outputs)


FACTORIES = [
    pytest.param(scripted, id="scripted"),
    pytest.param(cached, id="cached"),
    pytest.param(metered, id="metered"),
    pytest.param(http, id="http"),
    pytest.param(inspect, id="inspect"),
    pytest.param(embedded, id="embedded", marks=pytest.mark.slow),
    pytest.param(hf, id="hf", marks=pytest.mark.slow),
]
