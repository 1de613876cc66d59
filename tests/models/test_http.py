"""What the HTTP model makes of a good and of a bad endpoint: a completion, or one clear line."""

from __future__ import annotations

import asyncio
import email.utils
import gc
import random
import time
from collections.abc import AsyncIterator, Callable

import pytest
from stubs import endpoint as stub
from stubs.endpoint import Stub

from personae.errors import (
    AuthenticationFailed,
    BadResponse,
    ContextOverflow,
    ModelError,
    ModelUnreachable,
    RateLimited,
    UsageError,
)
from personae.models.http import HttpModel
from personae.types import Message, Settings

HELLO = (Message("user", "Hello?", name="Ana Silva"),)
PLAIN = Settings()


class Sleeper:
    """Waits nothing and remembers what it was asked to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERSONAE_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
async def ask() -> AsyncIterator[Callable[..., tuple[Stub, HttpModel, Sleeper]]]:
    """Start an endpoint with the behaviours given and a model that asks it without ever really waiting."""
    async with Stub() as endpoint:

        def start(*behaviours: stub.Behaviour, **options: object) -> tuple[Stub, HttpModel, Sleeper]:
            endpoint.behaviours = list(behaviours) or [stub.reply()]
            sleeper = Sleeper()
            model = HttpModel("m", endpoint.url, sleep=sleeper, rng=random.Random(1), **options)
            return endpoint, model, sleeper

        yield start


async def said(model: HttpModel, settings: Settings = PLAIN) -> str:
    """The error message, after a check that it is one line."""
    with pytest.raises(ModelError) as caught:
        await model.generate(HELLO, settings)
    assert "\n" not in str(caught.value)
    return f"{type(caught.value).__name__}: {caught.value}"


async def test_a_completion_carries_text_usage_and_time(ask):
    endpoint, model, _ = ask()
    completion = await model.generate(HELLO, Settings(0.3, 0.9, 77, 5, ("END",)))
    assert (completion.text, completion.stop, completion.outcome) == ("Good evening.", "stop", "answered")
    usage = completion.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (12, 3, 8)
    assert 0 < usage.seconds < 5
    asked = {"temperature": 0.3, "top_p": 0.9, "max_tokens": 77, "seed": 5, "stop": ["END"], "model": "m"}
    assert endpoint.asked == [asked | {"messages": [{"role": "user", "content": "Hello?"}]}]


async def test_settings_an_endpoint_does_not_know_can_be_left_out(ask):
    endpoint, model, _ = ask(omit=("seed", "top_p"))
    await model.generate(HELLO, PLAIN)
    assert not {"seed", "top_p"} & endpoint.asked[0].keys()


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (stub.reply(""), "empty"),
        (stub.reply(None), "empty"),
        (stub.reply("Well,", finish="length"), "truncated"),
        (stub.reply("", finish="content_filter"), "refused"),
        (stub.reply(None, message={"refusal": "I can't."}), "refused"),
        (stub.status(400, {"code": "content_filter", "message": "filtered"}), "refused"),
        (stub.reply([{"type": "text", "text": "Hi"}]), "answered"),
    ],
)
async def test_empty_cut_and_filtered_texts_are_completions(ask, behaviour, outcome):
    _, model, _ = ask(behaviour)
    assert (await model.generate(HELLO, PLAIN)).outcome == outcome


@pytest.mark.parametrize("code", [401, 403])
async def test_a_wrong_key_names_the_variable_and_is_not_tried_again(ask, monkeypatch, code):
    monkeypatch.setenv("PERSONAE_API_KEY", "sk-secret")
    endpoint, model, _ = ask(stub.status(code, {"message": "Incorrect API key provided"}))
    message = await said(model)
    assert message.startswith("AuthenticationFailed")
    assert message.endswith("check the key in PERSONAE_API_KEY")
    assert "sk-secret" not in message + repr(model) + repr(model.endpoint)
    assert len(endpoint.asked) == 1


async def test_without_a_key_the_message_says_which_variable_to_set(ask):
    _, model, _ = ask(stub.status(401), api_key_env="MY_KEY")
    assert "no key was sent; set MY_KEY in the environment" in await said(model)


async def test_the_openai_key_is_the_second_choice(ask, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "second")
    endpoint, model, _ = ask()
    await model.generate(HELLO, PLAIN)
    monkeypatch.setenv("PERSONAE_API_KEY", "first")
    await model.generate(HELLO, PLAIN)
    assert [head["Authorization"] for head in endpoint.headers] == ["Bearer second", "Bearer first"]


def test_a_key_goes_over_plain_http_to_this_machine_only(monkeypatch):
    monkeypatch.setenv("PERSONAE_API_KEY", "k")

    def sends(url: str, **options: bool) -> bool:
        return "Authorization" in HttpModel("m", url, **options).endpoint._headers()

    assert sends("http://127.0.0.1:1/v1")
    assert sends("http://[::1]:1/v1")
    assert sends("https://example.org/v1")
    assert not sends("http://example.org/v1")
    assert not sends("http://127.0.0.1.example.org/v1")
    assert sends("http://example.org/v1", key_over_http=True)


async def test_a_rate_limit_storm_is_waited_out_as_long_as_asked(ask):
    date = email.utils.formatdate(time.time() + 20, usegmt=True)
    storm = [stub.status(429, headers={"Retry-After": "3"}), stub.status(429, headers={"Retry-After": date})]
    endpoint, model, sleeper = ask(*storm, stub.status(429, headers={"retry-after-ms": "1500"}), stub.reply())
    assert (await model.generate(HELLO, PLAIN)).text == "Good evening."
    assert len(endpoint.asked) == 4
    assert [
        low <= wait <= high for wait, (low, high) in zip(sleeper.waits, [(3, 3.4), (18, 22.1), (1.5, 1.8)], strict=True)
    ] == [True] * 3
    assert (model.traffic.requests, model.traffic.retries, model.traffic.rate_limited) == (4, 3, 3)


async def test_back_off_doubles_with_jitter_and_ends_after_the_retries(ask):
    endpoint, model, sleeper = ask(stub.status(503, {"message": "overloaded"}), retries=8)
    message = await said(model)
    assert "ModelUnreachable" in message
    assert "keeps answering 503 'overloaded'; gave up after 9 attempts" in message
    assert len(endpoint.asked) == 9
    for wait, whole in zip(sleeper.waits, [0.5, 1, 2, 4, 8, 16, 30, 30], strict=True):
        assert whole / 2 <= wait <= whole


async def test_a_wait_longer_than_our_patience_is_not_begun(ask):
    endpoint, model, sleeper = ask(stub.status(429, headers={"Retry-After": "3600"}))
    message = await said(model)
    assert message.startswith("RateLimited")
    assert "asks to wait 3600 s; gave up after 1 attempt in 0 s" in message
    assert (len(endpoint.asked), sleeper.waits) == (1, [])


async def test_an_empty_account_is_not_tried_again(ask):
    endpoint, model, _ = ask(stub.status(429, {"code": "insufficient_quota", "message": "no money"}))
    assert "no quota left" in await said(model)
    assert len(endpoint.asked) == 1


async def test_broken_connections_and_cut_bodies_are_tried_again(ask):
    endpoint, model, _ = ask(stub.reset(), stub.reset(b'{"cho'), stub.status(500), stub.status(408), stub.reply())
    assert (await model.generate(HELLO, PLAIN)).text == "Good evening."
    assert len(endpoint.asked) == 5


@pytest.mark.parametrize("behaviour", [stub.drip(0.01), stub.reply(latency_s=5)])
async def test_one_attempt_never_takes_longer_than_its_time_out(ask, behaviour):
    _, model, _ = ask(behaviour, retries=1)
    start = time.monotonic()
    assert "did not answer within 0.15 s; gave up after 2 attempts" in await said(model, Settings(timeout_s=0.15))
    assert time.monotonic() - start < 4


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (stub.raw(b"<!doctype html><html>Welcome", "text/html"), "is a web page; check the base URL"),
        (stub.raw(b'{"choices": [{"mess'), "no JSON"),
        (stub.raw(b"[1, 2]"), "instead of a JSON object"),
        (stub.raw(b'{"choices": []}'), "holds no choices[0].message"),
        (stub.raw(b'{"choices": [{"text": "hi"}]}'), "holds no choices[0].message"),
        (stub.raw(b"[" * 100_000), "no JSON"),
        (stub.raw(b"\xff\xfe\x00"), "no JSON"),
        (stub.raw(b"x" * 300_000), "answered more than 200000 bytes"),
        (stub.status(400, {"code": "unsupported_parameter", "message": "Unsupported: seed"}), "omit=…"),
    ],
)
async def test_what_is_not_the_protocol_is_a_bad_response_with_its_beginning(ask, behaviour, words):
    endpoint, model, _ = ask(behaviour, largest_answer=200_000)
    message = await said(model)
    assert message.startswith(("BadResponse", "Rejected"))
    assert words in message
    assert len(message) < 500
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    "error",
    [
        {"code": "context_length_exceeded", "message": "too long"},
        {"code": 400, "message": "This model's maximum context length is 4096 tokens"},
        {"type": "exceed_context_size_error", "message": "the request exceeds the available context size"},
    ],
)
async def test_a_prompt_that_is_too_long_is_a_context_overflow(ask, error):
    _, model, _ = ask(stub.status(400, error))
    with pytest.raises(ContextOverflow, match="longer than the model can read"):
        await model.generate(HELLO, PLAIN)


async def test_an_unknown_model_and_an_unknown_route_are_told_apart(ask):
    _, model, _ = ask(stub.status(404, {"code": "model_not_found", "message": "The model `m` does not exist"}))
    assert "check the model's name" in await said(model)
    wrong = HttpModel("m", model.endpoint.base_url.removesuffix("/v1"))
    assert "check the base URL; it usually ends in '/v1'" in await said(wrong)


async def test_a_redirect_is_never_followed(ask):
    endpoint, model, _ = ask(stub.status(307, headers={"Location": "https://elsewhere.example/v1"}))
    assert "redirects to 'https://elsewhere.example/v1', which is not followed" in await said(model)
    assert len(endpoint.asked) == 1


async def test_an_address_nobody_answers_at_fails_at_once(unused_tcp_port):
    model = HttpModel("m", f"http://127.0.0.1:{unused_tcp_port}/v1")
    start = time.monotonic()
    assert "cannot be reached" in (message := await said(model))
    assert message.endswith("check the base URL and that the server runs")
    assert time.monotonic() - start < 4


async def test_a_server_that_answered_before_is_given_time_to_come_back(ask):
    endpoint, model, sleeper = ask(retries=2)
    await model.generate(HELLO, PLAIN)
    await endpoint.runner.cleanup()
    assert "gave up after 3 attempts" in await said(model)
    assert len(sleeper.waits) == 2


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x/v1", "http://", "https://me:pw@host/v1", "http://h:99999"])
def test_a_base_url_that_cannot_be_one_is_refused_at_once(url):
    with pytest.raises(UsageError) as caught:
        HttpModel("m", url)
    assert "pw" not in str(caught.value)


async def test_newer_models_get_the_limit_under_its_newer_name(ask):
    reason = {"code": "unsupported_parameter", "message": "Use 'max_completion_tokens' instead."}
    endpoint, model, _ = ask(stub.status(400, reason), stub.reply())
    await model.generate(HELLO, PLAIN)
    await model.generate(HELLO, PLAIN)
    assert ["max_tokens" in asked for asked in endpoint.asked] == [True, False, False]
    assert endpoint.asked[2]["max_completion_tokens"] == 256


async def test_no_more_connections_than_allowed_are_in_flight(ask):
    endpoint, model, _ = ask(stub.reply(latency_s=0.02), connections=5)
    await asyncio.gather(*(model.generate(HELLO, PLAIN) for _ in range(40)))
    assert (endpoint.most, len(endpoint.asked)) == (5, 40)


async def test_a_stream_gives_the_pieces_in_order(ask):
    endpoint, model, _ = ask(stub.status(503), stub.stream("Good ", "evening", ", señor."))
    assert [piece async for piece in model.stream(HELLO, PLAIN)] == ["Good ", "evening", ", señor."]
    assert endpoint.asked[1]["stream"] is True


async def test_a_stream_that_breaks_off_keeps_its_pieces_and_says_so(ask):
    endpoint, model, _ = ask(stub.stream("Good ", broken=True))
    pieces = []

    async def listen() -> None:
        async for piece in model.stream(HELLO, PLAIN):
            pieces.append(piece)

    with pytest.raises(ModelUnreachable, match="broke off"):
        await listen()
    assert (pieces, len(endpoint.asked)) == (["Good "], 1)


async def test_a_stream_that_is_no_stream_is_a_bad_response(ask):
    _, model, _ = ask(stub.raw(b"data: {nonsense\n\n", "text/event-stream"))
    with pytest.raises(BadResponse):
        _ = [piece async for piece in model.stream(HELLO, PLAIN)]


async def test_a_rate_limited_model_raises_rate_limited(ask):
    _, model, _ = ask(stub.status(429), retries=1)
    with pytest.raises(RateLimited, match="gave up after 2 attempts"):
        await model.generate(HELLO, PLAIN)


async def test_a_wrong_key_raises_authentication_failed(ask):
    _, model, _ = ask(stub.status(401))
    with pytest.raises(AuthenticationFailed):
        await model.generate(HELLO, PLAIN)


def test_a_model_works_in_one_event_loop_after_another_and_leaves_nothing_open(caplog, recwarn):
    from personae.models import _http_endpoint

    model: HttpModel | None = None

    async def once() -> str:
        nonlocal model
        async with Stub() as endpoint:
            model = HttpModel("m", endpoint.url)
            return (await model.generate(HELLO, PLAIN)).text

    before = len(_http_endpoint._loops)
    assert [asyncio.run(once()) for _ in range(3)] == ["Good evening."] * 3
    gc.collect()
    assert len(_http_endpoint._loops) == before
    assert not [record for record in caplog.records if "Unclosed" in record.getMessage()]
    assert not [warning for warning in recwarn if "nclosed" in str(warning.message)]
