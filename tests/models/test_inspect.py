"""Inspect's models as ours, and ours inside Inspect."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentImage,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    get_model,
)
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import TaskState, generate
from inspect_ai.tool import ToolInfo
from stubs import endpoint as stub
from stubs.endpoint import Stub

from personae.errors import AuthenticationFailed, BadResponse, ContextOverflow, UsageError
from personae.models.http import HttpModel
from personae.models.inspect import from_inspect, read_output
from personae.types import Message, Settings

TEA = (Message("system", "You are Ana."), Message("user", "Tea or coffee?"))
OPTIONS = ("Tea", "Coffee")


def output(text: str, stop: Any = "stop", top: dict[str, float] | None = None) -> ModelOutput:
    likely = [TopLogprob(token=token, logprob=logprob) for token, logprob in (top or {}).items()]
    first = Logprob(token=text[:1] or "x", logprob=-0.1, top_logprobs=likely)
    choice = ChatCompletionChoice(
        message=ChatMessageAssistant(content=text),
        stop_reason=stop,
        logprobs=Logprobs(content=[first]) if top else None,
    )
    usage = ModelUsage(input_tokens=10, output_tokens=4, total_tokens=22, input_tokens_cache_read=8)
    return ModelOutput(model="mock", choices=[choice], usage=usage)


def scripted(*outputs: ModelOutput) -> Any:
    return from_inspect("mockllm/model", custom_outputs=list(outputs))


async def test_a_completion_carries_text_and_usage_with_cached_tokens_counted_in():
    completion = await scripted(output("Tea.")).generate(TEA, Settings())
    assert (completion.text, completion.outcome) == ("Tea.", "answered")
    assert (completion.usage.prompt_tokens, completion.usage.cached_tokens) == (18, 8)
    assert completion.usage.completion_tokens == 4


@pytest.mark.parametrize(
    ("stop", "outcome"),
    [("stop", "answered"), ("max_tokens", "truncated"), ("content_filter", "refused"), ("unknown", "answered")],
)
async def test_stop_reasons_become_outcomes(stop, outcome):
    assert (await scripted(output("So", stop)).generate(TEA, Settings())).outcome == outcome


async def test_a_prompt_that_is_too_long_is_a_context_overflow():
    with pytest.raises(ContextOverflow):
        await scripted(output("", "model_length")).generate(TEA, Settings())


def test_an_output_without_a_choice_is_a_bad_response():
    with pytest.raises(BadResponse, match="no choice"):
        read_output(ModelOutput(model="mock", choices=[]))


async def test_options_are_scored_by_letters_where_the_output_has_them():
    scores = await scripted(output("A", top={"A": -0.5, "B": -1.5})).logprobs(TEA, OPTIONS)
    assert (scores.method, scores.logprobs) == ("letters", (-0.5, -1.5))


async def test_options_are_parsed_from_a_plain_reply_with_one_call():
    scores = await scripted(output("B")).logprobs(TEA, OPTIONS)
    assert (scores.method, scores.logprobs) == ("parsed", (-math.inf, 0.0))


def test_a_name_inspect_does_not_know_is_one_clear_line():
    with pytest.raises(UsageError, match="Inspect cannot open the model 'nobody/knows'"):
        from_inspect("nobody/knows")


async def test_our_http_model_is_an_inspect_model_and_back():
    async with Stub(stub.reply("A")) as endpoint:
        theirs = get_model("personae/http/gpt-x", base_url=endpoint.url, memoize=False)
        assert str(theirs) == "personae/http/gpt-x"
        config = GenerateConfig(temperature=0.1, top_p=0.5, max_tokens=9, seed=3, stop_seqs=["Z"])
        answer = await theirs.generate("Hello?", config=config)
        assert isinstance(theirs.api.model, HttpModel)
        scores = await from_inspect(theirs).logprobs(TEA, OPTIONS)
    assert answer.completion == "A"
    assert (answer.usage.input_tokens, answer.usage.input_tokens_cache_read, answer.usage.total_tokens) == (4, 8, 15)
    asked = endpoint.asked[0]
    assert {key: asked[key] for key in ("model", "temperature", "top_p", "max_tokens", "seed", "stop")} == {
        "model": "gpt-x", "temperature": 0.1, "top_p": 0.5, "max_tokens": 9, "seed": 3, "stop": ["Z"]}  # fmt: skip
    assert scores.method == "parsed"


async def test_failures_of_our_client_are_not_tried_again_by_inspect():
    async with Stub(stub.status(401)) as endpoint:
        theirs = get_model("personae/http/m", base_url=endpoint.url, memoize=False)
        with pytest.raises(AuthenticationFailed):
            await theirs.generate("Hello?")
        assert len(endpoint.asked) == 1


async def test_an_overflow_is_an_output_that_says_so():
    async with Stub(stub.status(400, {"code": "context_length_exceeded"})) as endpoint:
        theirs = get_model("personae/http/m", base_url=endpoint.url, memoize=False)
        answer = await theirs.generate("Hello?")
        assert answer.stop_reason == "model_length"
        with pytest.raises(ContextOverflow):
            await from_inspect(theirs).generate(TEA, Settings())


async def test_tools_images_and_passed_keys_are_refused_with_one_line():
    theirs = get_model("personae/http/m", base_url="http://127.0.0.1:9/v1", memoize=False)
    with pytest.raises(UsageError, match="call no tools"):
        await theirs.api.generate([], [ToolInfo(name="search", description="")], "auto", GenerateConfig())
    image = ContentImage(image="data:image/png;base64,AAAA")
    with pytest.raises(UsageError, match="text only, got image"):
        await theirs.generate([ChatMessageAssistant(content=[image])])
    with pytest.raises(UsageError, match="environment only"):
        get_model("personae/http/m", base_url="http://127.0.0.1:9/v1", api_key="k", memoize=False)


def test_an_http_model_without_an_address_says_how_to_give_one(monkeypatch):
    monkeypatch.delenv("PERSONAE_BASE_URL", raising=False)
    with pytest.raises(UsageError, match="needs an address: give --base-url"):
        get_model("personae/http/m", memoize=False)


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(UsageError, match="there are personae/embedded, personae/hf, personae/http, personae/scripted"):
        get_model("personae/nothing", memoize=False)


@pytest.mark.slow
async def test_the_embedded_model_is_an_inspect_model_with_exact_scores():
    theirs = get_model("personae/embedded", memoize=False)
    answer = await theirs.generate("Say hello.", config=GenerateConfig(max_tokens=8, temperature=0.0))
    assert (str(theirs), answer.stop_reason) == ("personae/embedded", "max_tokens")
    assert answer.usage.output_tokens == 8
    assert await theirs.api.count_text_tokens("one two three") < 10
    assert (await from_inspect(theirs).logprobs(TEA, OPTIONS)).method == "exact"


async def test_a_setting_that_is_ignored_is_named_once(caplog):
    async with Stub() as endpoint:
        theirs = get_model("personae/http/m", base_url=endpoint.url, memoize=False)
        with caplog.at_level(logging.WARNING, logger="personae"):
            for _ in range(2):
                await theirs.api.generate([], [], "auto", GenerateConfig(top_k=5))
    assert [record.getMessage() for record in caplog.records] == ["personae/http/m ignores the setting 'top_k'"]


async def test_tokens_are_counted_without_the_network(monkeypatch):
    monkeypatch.setenv("PERSONAE_BASE_URL", "http://127.0.0.1:9/v1")
    theirs = get_model("personae/http/m", memoize=False)
    assert await theirs.api.count_text_tokens("x" * 30) == 10
    assert await theirs.api.count_text_tokens("") == 1


@scorer(metrics=[accuracy()])
def prefers_tea() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        scores = await from_inspect(get_model()).logprobs(TEA, OPTIONS)
        return Score(value=1.0 if scores.best() == 0 else 0.0, answer=scores.method)

    return score


def test_an_evaluation_runs_on_our_provider_twice_in_two_event_loops(tmp_path):
    import asyncio
    import threading

    ready, stop, urls = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with Stub(stub.reply("A")) as endpoint:
            urls.append(endpoint.url)
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(5)
    try:
        task = Task(dataset=[Sample("Hello?") for _ in range(3)], solver=generate(), scorer=prefers_tea())
        options: dict[str, Any] = {"display": "none", "log_dir": str(tmp_path), "model_base_url": urls[0]}
        logs = [eval(task, model="personae/http/m", **options)[0] for _ in range(2)]
    finally:
        stop.set()
        thread.join()
    assert [log.status for log in logs] == ["success", "success"]
    assert logs[0].eval.model == "personae/http/m"
    assert logs[0].stats.model_usage["personae/http/m"].output_tokens == 9
    assert {sample.scores["prefers_tea"].answer for sample in logs[1].samples} == {"parsed"}
