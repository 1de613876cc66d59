"""How given options are scored on endpoints of three kinds, and many calls in a bounded loop."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from aiohttp import web
from stubs import endpoint as stub
from stubs.endpoint import Stub

from personae.errors import UsageError
from personae.models.http import HttpModel
from personae.models.many import generate_many, logprobs_many
from personae.types import Message, Settings

TEA = (Message("user", "Tea or coffee?"),)
OPTIONS = ("Tea", "Black coffee")
TOP = {"content": [{"token": "A", "logprob": -0.5, "top_logprobs": [
    {"token": "A", "logprob": -0.5}, {"token": " B", "logprob": -1.5}]}]}  # fmt: skip


async def scores_prompts(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
    """An endpoint like vLLM: a token per word, each with log-probability -0.25 times its length."""
    words = [word for message in asked["messages"] for word in (message["role"], *message["content"].split())]
    words += ["assistant"] if asked.get("add_generation_prompt", True) else []
    scored = [None, *({word: {"logprob": -0.25 * len(word), "rank": 1}} for word in words)]
    body = {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": len(scored)}}
    return web.json_response(body | ({"prompt_logprobs": scored} if "prompt_logprobs" in asked else {}))


async def test_an_endpoint_that_scores_prompts_scores_exactly():
    async with Stub(scores_prompts) as endpoint:
        scores = await HttpModel("m", endpoint.url).logprobs(TEA, OPTIONS)
    assert scores.method == "exact"
    assert scores.logprobs == (-0.75, -0.25 * 11)
    assert scores.tokens == (1, 2)


async def test_an_endpoint_with_top_logprobs_scores_letters():
    async with Stub(stub.reply("A", logprobs=TOP)) as endpoint:
        scores = await HttpModel("m", endpoint.url).logprobs(TEA, OPTIONS)
    assert (scores.method, scores.logprobs, scores.tokens) == ("letters", (-0.5, -1.5), (1, 1))


async def test_an_endpoint_with_text_only_has_its_choice_parsed():
    async with Stub(stub.reply("B")) as endpoint:
        scores = await HttpModel("m", endpoint.url).logprobs(TEA, OPTIONS)
    assert (scores.method, scores.logprobs) == ("parsed", (-math.inf, 0.0))


async def test_an_endpoint_that_refuses_logprobs_has_its_choice_parsed():
    async def strict(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        refuses = "logprobs" in asked or "prompt_logprobs" in asked
        return await (stub.status(400) if refuses else stub.reply("A"))(request, asked)

    async with Stub(strict) as endpoint:
        assert (await HttpModel("m", endpoint.url).logprobs(TEA, OPTIONS)).method == "parsed"


async def test_the_way_is_found_out_once_even_when_many_ask_at_once():
    async with Stub(stub.reply("A", logprobs=TOP)) as endpoint:
        model = HttpModel("m", endpoint.url)
        await asyncio.gather(*(model.logprobs(TEA, OPTIONS) for _ in range(10)))
        probes = [asked for asked in endpoint.asked if "prompt_logprobs" in asked]
        assert len(probes) == 1
        assert len(endpoint.asked) == 1 + 1 + 10


async def test_no_letter_among_the_likely_tokens_is_unparsed_not_a_zero():
    nothing = {"content": [{"token": "Well", "logprob": -0.1, "top_logprobs": [{"token": "Well", "logprob": -0.1}]}]}
    async with Stub(stub.reply("Well", logprobs=nothing)) as endpoint:
        scores = await HttpModel("m", endpoint.url).logprobs(TEA, OPTIONS)
    assert (scores.outcome, scores.best()) == ("unparsed", None)


async def test_fewer_than_two_options_are_refused():
    with pytest.raises(UsageError):
        await HttpModel("m", "http://localhost:1/v1").logprobs(TEA, ("Tea",))


async def test_many_results_come_in_order_and_failures_are_outcomes():
    async def echo(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        words = asked["messages"][0]["content"]
        await asyncio.sleep(0.001 * (9 - int(words)))
        return await (stub.status(400) if words == "3" else stub.reply(words))(request, asked)

    seen: list[int] = []
    async with Stub(echo) as endpoint:
        requests = (((Message("user", str(i)),), Settings()) for i in range(9))
        model = HttpModel("m", endpoint.url)
        results = await generate_many(model, requests, limit=4, progress=lambda i, _: seen.append(i))
        assert endpoint.most == 4
    assert [result.value.text for i, result in enumerate(results) if i != 3] == list("01245678")
    assert (results[3].outcome, sorted(seen)) == ("failed", list(range(9)))


async def test_after_a_wrong_key_nothing_more_is_asked():
    async with Stub(stub.status(401)) as endpoint:
        results = await generate_many(HttpModel("m", endpoint.url), [(TEA, Settings())] * 50, limit=2)
        assert len(endpoint.asked) == 2
    assert {result.outcome for result in results} == {"failed"}
    assert len(results) == 50


async def test_many_questions_are_scored_in_order():
    async with Stub(stub.reply("B")) as endpoint:
        results = await logprobs_many(HttpModel("m", endpoint.url), [(TEA, OPTIONS)] * 5)
    assert [result.value.best() for result in results] == [1] * 5
