"""Our models as an Inspect provider: `--model personae/embedded`, `--model personae/http/MODEL`.

Knows both sides' types; decides nothing about prompts or scores. Retries are done by our own client.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    RetryDecision,
    StopReason,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from personae import types
from personae.errors import ContextOverflow, UsageError

BASE_URL = "PERSONAE_BASE_URL"
HTTP_CONNECTIONS, LOCAL_CONNECTIONS = 20, 1
BYTES_PER_TOKEN = 3  # a little fewer than English text has, because too high an estimate is the safer one
STOPS: Mapping[types.StopReason, StopReason] = {"stop": "stop", "length": "max_tokens", "refusal": "content_filter"}
UNSUPPORTED = (
    "best_of",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "top_k",
    "num_choices",
    "logprobs",
    "prompt_logprobs",
)
logger = logging.getLogger(__name__)


class PersonaeAPI(ModelAPI):
    """One of our models, as Inspect sees it. `.model` is the model itself.

    The name after `personae/` is `http/MODEL`, `embedded` or `embedded/PATH` of a GGUF file. The base URL of an HTTP
    model comes from `--model-base-url` or PERSONAE_BASE_URL; `-M name=value` gives the arguments of `HttpModel` or
    `Embedded`. Settings that Inspect leaves open take the values of `personae.types.Settings`.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if api_key is not None:
            raise UsageError("a key is read from the environment only; set PERSONAE_API_KEY instead of passing it")
        self._remote = model_name.startswith("http/")
        self._warned: set[str] = set()
        if self._remote:
            self.model: types.Model = _http(model_name.removeprefix("http/"), base_url, config, model_args)
            self._connections = int(model_args.get("connections", HTTP_CONNECTIONS))
        else:
            self.model = _local(model_name, model_args)
            self._connections = int(model_args.get("parallel", LOCAL_CONNECTIONS))

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """One completion. A prompt that is too long is an output with the stop reason `model_length`."""
        if tools:
            names = [tool.name for tool in tools]
            raise UsageError(f"personae models call no tools, but the task offers {names!r}; use another provider")
        self._warn_of_unsupported(config)
        try:
            completion = await self.model.generate(to_messages(input), to_settings(config))
        except ContextOverflow as error:
            return ModelOutput.from_content(self.model_name, "", "model_length", str(error))
        message = ChatMessageAssistant(content=completion.text, model=self.model_name, source="generate")
        choice = ChatCompletionChoice(message=message, stop_reason=STOPS[completion.stop])
        return ModelOutput(model=self.model_name, choices=[choice], usage=to_usage(completion.usage))

    async def count_text_tokens(self, text: str) -> int:
        """Counted by the model where it can, else estimated from the length; never by way of the network."""
        counter = getattr(self.model, "count_tokens", None)
        if counter is not None:
            return int(await counter(text))
        return max(1, len(text.encode()) // BYTES_PER_TOKEN)

    def max_connections(self) -> int:
        """`-M connections=N`, else 20, for an endpoint; `-M parallel=N`, else 1, for a model of this machine."""
        return self._connections

    def connection_key(self) -> str:
        """Models of one base URL share their connections."""
        return (self.base_url or os.environ.get(BASE_URL, "")) if self._remote else self.model_name

    def should_retry(self, ex: Exception) -> RetryDecision:
        """Never: what our client raises has been tried as often as it makes sense."""
        return RetryDecision.no()

    def _warn_of_unsupported(self, config: GenerateConfig) -> None:
        for name in UNSUPPORTED:
            if getattr(config, name) not in (None, False) and name not in self._warned:
                self._warned.add(name)
                logger.warning("personae/%s ignores the setting %r", self.model_name, name)


def _http(name: str, base_url: str | None, config: GenerateConfig, arguments: Mapping[str, Any]) -> types.Model:
    from personae.models.http import HttpModel

    address = base_url or os.environ.get(BASE_URL)
    if not address:
        raise UsageError(
            f"personae/http/{name} needs an address: give --base-url (--model-base-url in Inspect) or set {BASE_URL}"
        )
    allowed = config.max_connections or max(200, HTTP_CONNECTIONS)  # Inspect itself keeps the limit for its calls
    return HttpModel(name, address, **{"connections": allowed, **arguments})


def _local(name: str, arguments: Mapping[str, Any]) -> types.Model:
    from personae.models.registry import BACKENDS, open_model

    if name.partition("/")[0] not in BACKENDS:
        known = ", ".join(f"personae/{backend}" for backend in BACKENDS)
        raise UsageError(f"personae/{name} is unknown; there are {known}")
    return open_model(name, **arguments)


def to_messages(messages: Sequence[ChatMessage]) -> tuple[types.Message, ...]:
    """Inspect's messages as ours. Raises UsageError for tool results, images and sound."""
    return tuple(_message(message) for message in messages)


def _message(message: ChatMessage) -> types.Message:
    if message.role == "tool":
        raise UsageError("personae models read no tool results; use another provider for tasks with tools")
    if not isinstance(message.content, str):
        other = {part.type for part in message.content} - {"text", "reasoning"}
        if other:
            raise UsageError(f"personae models read text only, got {', '.join(sorted(other))}")
    return types.Message(message.role, message.text)


def to_settings(config: GenerateConfig) -> types.Settings:
    """What Inspect asks for as our settings; what it leaves open takes our default."""
    said = {
        "temperature": config.temperature,
        "top_p": config.top_p,
        "max_tokens": config.max_tokens,
        "seed": config.seed,
        "stop": tuple(config.stop_seqs) if config.stop_seqs else None,
        "timeout_s": config.attempt_timeout,
        "json_schema": config.response_schema and config.response_schema.json_schema.model_dump_json(exclude_none=True),
    }
    return types.Settings(**{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]


def to_usage(usage: types.Usage) -> ModelUsage:
    """Our usage as Inspect's, which counts cached tokens apart."""
    return ModelUsage(
        input_tokens=max(0, usage.prompt_tokens - usage.cached_tokens),
        output_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
        input_tokens_cache_read=usage.cached_tokens or None,
    )
