"""Any OpenAI-compatible endpoint as a `Model`: chat, streaming, and the scoring of given options.

Knows the wire format of chat completions. A key is read from the environment at each call, is sent to the host of
the base URL only, and is kept nowhere.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from personae.errors import BadResponse, MissingExtra
from personae.files import MEGABYTE
from personae.models.scoring import check_options, letter_scores, letters_prompt, parsed_scores
from personae.types import Completion, Message, OptionScores, ScoringMethod, Settings, StopReason, Usage

try:
    from personae.models._http_endpoint import Endpoint, Traffic
    from personae.models._http_errors import Rejected, excerpt, json_object
    from personae.models._http_exact import exact_scores
except ModuleNotFoundError as error:
    raise MissingExtra("openai", error.name or "aiohttp") from error

TOP_LOGPROBS = (20, 5)  # OpenAI returns up to 20, several servers up to 5
NOTHING: Mapping[str, Any] = {}
LETTER = Settings(temperature=0.0, top_p=1.0, max_tokens=1)
CHOICE = Settings(temperature=0.0, top_p=1.0, max_tokens=16)
ENDS: Mapping[str, StopReason] = {"length": "length", "max_tokens": "length", "content_filter": "refusal"}


class HttpModel:
    """A model behind an OpenAI-compatible endpoint.

    model:         the name the endpoint knows it by.
    base_url:      the address before `/chat/completions`, usually ending in `/v1`.
    api_key_env:   the environment variable with the key; OPENAI_API_KEY is read when it is not set. Over plain http
                   a key is sent to this machine only, unless `key_over_http`.
    connections:   requests in flight at most, per event loop and base URL; models of one base URL share them.
    retries, patience_s: a 429, 408, 5xx or broken connection is tried again up to `retries` times within
                   `patience_s` seconds, after the wait the endpoint asks for, else after 0.5 s doubling to 30 s.
    omit:          settings the endpoint does not know, such as "seed" or "temperature"; they are not sent.
    largest_answer: bytes of one answer at most.
    rng, sleep:    where jitter and waiting come from.

    Every method raises the branches of `ModelError`. An empty or filtered text is a `Completion`, not an error.
    `traffic` counts requests, retries and waits.

    >>> HttpModel("some-model", "http://localhost:8080/v1").name
    'http/some-model'
    """

    def __init__(
        self,
        model: str,
        base_url: str,
        *,
        api_key_env: str = "PERSONAE_API_KEY",
        connections: int = 20,
        retries: int = 6,
        patience_s: float = 300.0,
        omit: Collection[str] = (),
        key_over_http: bool = False,
        largest_answer: int = 16 * MEGABYTE,
        rng: random.Random | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        keys = tuple(dict.fromkeys((api_key_env, "OPENAI_API_KEY")))
        rng = rng or random.Random()
        self.model = model
        self.endpoint = Endpoint(
            base_url, keys, connections, retries, patience_s, largest_answer, key_over_http, rng, sleep
        )
        self._omit = frozenset((omit,) if isinstance(omit, str) else omit)
        self._limit_field = "max_tokens"
        self._knows_schemas = True
        self._way: ScoringMethod | None = None
        self._want_top: Mapping[str, Any] = NOTHING

    @property
    def name(self) -> str:
        """`http/` and the name the endpoint knows it by."""
        return f"http/{self.model}"

    @property
    def traffic(self) -> Traffic:
        """Requests, retries and waits so far."""
        return self.endpoint.traffic

    def __repr__(self) -> str:
        return f"HttpModel({self.model!r}, {self.endpoint.base_url!r})"

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The next assistant turn. `usage.seconds` is the time of the attempt that succeeded."""
        return (await self._chat(messages, settings))[0]

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The next assistant turn piece by piece. A stream that breaks off raises `ModelUnreachable`."""
        payload = self._payload(messages, settings) | {"stream": True}
        async for data in self.endpoint.lines("chat/completions", payload, settings.timeout_s):
            if data == b"[DONE]":
                return
            if piece := _piece(data, self.endpoint.base_url):
                yield piece

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """Scores by the best way the endpoint offers, found out once: "exact" where it scores given prompts (vLLM),
        else "letters" where it returns `top_logprobs`, else "parsed".
        """
        check_options(options)
        if self._way is None:
            async with await self.endpoint.lock(self.model):
                self._way = self._way or await self._find_way()
        if self._way == "exact":
            return await exact_scores(self.endpoint, self.model, messages, options)
        asked = letters_prompt(messages, options)
        if self._way == "parsed":
            return parsed_scores(await self.generate(asked, CHOICE), options)
        reply, top = await self._chat(asked, LETTER, self._want_top)
        if not top and reply.outcome in ("refused", "empty"):
            return dataclasses.replace(parsed_scores(reply, options), method="letters")
        return letter_scores(top or {}, len(options), reply.usage)

    async def _find_way(self) -> ScoringMethod:
        """The best way the endpoint offers, by asking it three small questions at most."""
        question, options = (Message("user", "Is water wet?"),), ("Yes", "No")
        try:
            await exact_scores(self.endpoint, self.model, question, options)
            return "exact"
        except BadResponse:  # it refuses the request, or answers without scores
            pass
        for top in TOP_LOGPROBS:
            self._want_top = {"logprobs": True, "top_logprobs": top}
            try:
                if (await self._chat(letters_prompt(question, options), LETTER, self._want_top))[1] is not None:
                    return "letters"
            except Rejected:
                continue
        return "parsed"

    async def _chat(
        self, messages: Sequence[Message], settings: Settings, more: Mapping[str, Any] = NOTHING
    ) -> tuple[Completion, dict[str, float] | None]:
        """The completion, and the log-probabilities of the likely first tokens where the endpoint returns them."""
        try:
            payload = {**self._payload(messages, settings), **more}
            body, seconds = await self.endpoint.post("chat/completions", payload, settings.timeout_s)
        except Rejected as error:
            if error.code == "content_filter":
                return Completion("", stop="refusal"), None
            if self._limit_field == "max_tokens" and "max_completion_tokens" in error.reason:
                self._limit_field = "max_completion_tokens"
                return await self._chat(messages, settings, more)
            if self._knows_schemas and settings.json_schema:
                answer = await self._chat(messages, dataclasses.replace(settings, json_schema=None), more)
                self._knows_schemas = False  # for it took the same request without one
                return answer
            raise
        return read_completion(body, seconds, self.endpoint.base_url)

    def _payload(self, messages: Sequence[Message], settings: Settings) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            self._limit_field: settings.max_tokens,
        }
        if settings.seed is not None:
            payload["seed"] = settings.seed
        if settings.stop:
            payload["stop"] = list(settings.stop)
        if settings.json_schema and self._knows_schemas:
            form = {"name": "answer", "schema": json.loads(settings.json_schema), "strict": True}
            payload["response_format"] = {"type": "json_schema", "json_schema": form}
        for name in self._omit:
            payload.pop(name, None)
        return payload


def read_completion(body: Mapping[str, Any], seconds: float, where: str) -> tuple[Completion, dict[str, float] | None]:
    """What a chat completion says, and its likely first tokens if given. Raises BadResponse for anything else."""
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise BadResponse(f"{where} answered {excerpt(json.dumps(body))}, which holds no choices[0].message")
    refusal = message.get("refusal")
    text = _text(message.get("content")) or _text(refusal)
    stop = "refusal" if refusal else ENDS.get(str(choice.get("finish_reason")), "stop")
    return Completion(text, _usage(body.get("usage"), seconds), stop), _top_tokens(choice.get("logprobs"))


def _text(content: object) -> str:
    if isinstance(content, list):  # some servers answer in parts
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _usage(usage: object, seconds: float) -> Usage:
    if not isinstance(usage, dict):
        return Usage(seconds=seconds)
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), cached, seconds)


def _count(number: object) -> int:
    return number if isinstance(number, int) and number > 0 else 0


def _top_tokens(logprobs: object) -> dict[str, float] | None:
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = tokens[0] if isinstance(tokens, list) and tokens else None
    top = first.get("top_logprobs") if isinstance(first, dict) else None
    if not isinstance(top, list) or not top:
        return None
    return {
        entry["token"]: float(entry["logprob"])
        for entry in top
        if isinstance(entry, dict)
        and isinstance(entry.get("token"), str)
        and isinstance(entry.get("logprob"), int | float)
    }


def _piece(data: bytes, where: str) -> str:
    """The text one event of a stream adds; events without any (a role, a usage, an end) add nothing."""
    event = json_object(data, where)
    if isinstance(event.get("error"), dict):
        raise BadResponse(f"{where} broke off with {excerpt(json.dumps(event['error']))}")
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    delta = choice.get("delta") if isinstance(choice, dict) else None
    return _text(delta.get("content")) if isinstance(delta, dict) else ""
