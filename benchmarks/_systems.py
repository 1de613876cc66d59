"""One system, one process: N calls against an endpoint, at most C at a time; prints what they cost as JSON.

Started by engine.py as `python benchmarks/_systems.py NAME URL N C [--profile]`.
"""

from __future__ import annotations

import asyncio
import cProfile
import io
import json
import os
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

PROMPT = "Describe the view from your window in one short sentence, staying in your role. " * 10
BODY = {"model": "stub", "messages": [{"role": "user", "content": PROMPT}], "temperature": 0.7, "max_tokens": 64}


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def bounded(call: Callable[[], Awaitable[Any]], n: int, limit: int) -> None:
    """The same loop for every client: `limit` workers share a counter."""
    numbers = iter(range(n))

    async def work() -> None:
        for _ in numbers:
            await call()

    await asyncio.gather(*(work() for _ in range(limit)))


def bare_aiohttp(url: str, n: int, limit: int) -> Callable[[], Any]:
    import aiohttp

    async def main() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=limit)) as session:

            async def call() -> None:
                async with session.post(f"{url}/chat/completions", json=BODY) as response:
                    (await response.json())["choices"][0]["message"]["content"]

            await bounded(call, n, limit)

    return lambda: asyncio.run(main())


def openai_sdk(url: str, n: int, limit: int) -> Callable[[], Any]:
    import openai

    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:

            async def call() -> None:
                (await client.chat.completions.create(**BODY)).choices[0].message.content  # noqa: B018

            await bounded(call, n, limit)

    return lambda: asyncio.run(main())


def plain_httpx(url: str, n: int, limit: int) -> Callable[[], Any]:
    import httpx

    async def main() -> None:
        limits = httpx.Limits(max_connections=limit, max_keepalive_connections=limit)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:

            async def call() -> None:
                (await client.post(f"{url}/chat/completions", json=BODY)).json()["choices"][0]["message"]["content"]

            await bounded(call, n, limit)

    return lambda: asyncio.run(main())


def _ours(url: str, limit: int) -> tuple[Any, Any, Any]:
    from personae.models.http import HttpModel
    from personae.types import Message, Settings

    return HttpModel("stub", url, connections=limit), (Message("user", PROMPT),), Settings(max_tokens=64)


def our_client(url: str, n: int, limit: int) -> Callable[[], Any]:
    model, messages, settings = _ours(url, limit)
    return lambda: asyncio.run(bounded(lambda: model.generate(messages, settings), n, limit))


def our_fast_path(url: str, n: int, limit: int) -> Callable[[], Any]:
    from personae.models.many import generate_many

    model, messages, settings = _ours(url, limit)
    return lambda: asyncio.run(generate_many(model, ((messages, settings) for _ in range(n)), limit=limit))


def _inspect(model: Any, n: int, limit: int, **options: Any) -> Callable[[], Any]:
    from inspect_ai import Task, eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    def run() -> None:
        samples = MemoryDataset([Sample(PROMPT, target="answer", id=i) for i in range(n)])
        task = Task(dataset=samples, solver=generate(), scorer=includes())
        with tempfile.TemporaryDirectory() as folder:
            limits = {"max_connections": limit, "max_samples": limit, "max_tokens": 64}
            log = eval(task, model=model, display="none", log_dir=folder, **limits, **options)[0]
            if log.status != "success":
                raise SystemExit(f"the evaluation ended with {log.status}: {log.error}")

    return run


LEAN: dict[str, Any] = {"log_realtime": False, "score_display": False}


def inspect_null(url: str, n: int, limit: int) -> Callable[[], Any]:
    from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, ModelUsage, get_model, modelapi

    @modelapi(name="null")
    class Null(ModelAPI):
        def __init__(self, model_name: str, *_: Any, config: GenerateConfig | None = None, **__: Any) -> None:
            super().__init__(model_name, None, None, [], config or GenerateConfig())

        async def generate(self, *_: Any, **__: Any) -> ModelOutput:
            output = ModelOutput.from_content("null", "A fixed answer.")
            output.usage = ModelUsage(input_tokens=201, output_tokens=12, total_tokens=213)
            return output

    return _inspect(get_model("null/null"), n, limit, **LEAN)


def inspect_ours(url: str, n: int, limit: int) -> Callable[[], Any]:
    return _inspect("personae/http/stub", n, limit, model_base_url=url, **LEAN)


def inspect_openai_lean(url: str, n: int, limit: int) -> Callable[[], Any]:
    os.environ |= {"STUB_BASE_URL": url, "STUB_API_KEY": "none"}
    return _inspect("openai-api/stub/stub", n, limit, **LEAN)


def inspect_openai(url: str, n: int, limit: int) -> Callable[[], Any]:
    os.environ |= {"STUB_BASE_URL": url, "STUB_API_KEY": "none"}
    return _inspect("openai-api/stub/stub", n, limit)


SYSTEMS: dict[str, Callable[[str, int, int], Callable[[], Any]]] = {
    "bare_aiohttp": bare_aiohttp,
    "our_client": our_client,
    "our_fast_path": our_fast_path,
    "openai_sdk": openai_sdk,
    "httpx": plain_httpx,
    "inspect_null": inspect_null,
    "inspect_ours": inspect_ours,
    "inspect_openai_lean": inspect_openai_lean,
    "inspect_openai": inspect_openai,
}


def main() -> None:
    name, url, n, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    run = SYSTEMS[name](url, n, limit)
    start_up, start = cpu_s(), time.perf_counter()
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    if profile:
        profile.runcall(run)
        text = io.StringIO()
        pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(14)
        print(text.getvalue())
        return
    run()
    figures = {
        "cpu_s": cpu_s() - start_up,
        "start_up_s": start_up,
        "wall_s": time.perf_counter() - start,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
