"""Any Inspect model as ours, inside a running evaluation and outside one.

Calls go through Inspect's own `generate`, so that its log, limits, cache and retries see them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai._util.error import PrerequisiteError
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ResponseSchema,
    StopReason,
    get_model,
)
from inspect_ai.model import Model as InspectsModel
from inspect_ai.util import JSONSchema

from personae import types
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.models._inspect_providers import PersonaeAPI
from personae.models.scoring import check_options, letter_scores, letters_prompt, parsed_scores
from personae.types import Completion, Message, OptionScores, Settings, Usage

TOP_LOGPROBS = 20
CHOICE = Settings(temperature=0.0, top_p=1.0, max_tokens=16)
STOPS: Mapping[StopReason, types.StopReason] = {
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "refusal",
}


def from_inspect(model: str | InspectsModel | None = None, **model_args: Any) -> InspectModel:
    """An Inspect model as ours: by its name ("openai/gpt-5"), as an object, or the one under evaluation.

    `model_args` go to Inspect's `get_model` (base_url, role, or the provider's own). Raises `UsageError` for a name
    Inspect does not know, arguments the provider does not know, or a missing key or package of the provider.

    >>> from_inspect("mockllm/model").name
    'mockllm/model'
    """
    try:
        return InspectModel(get_model(model, **model_args))
    except (ValueError, TypeError, PrerequisiteError) as error:
        said = " ".join(re.sub(r"\[/?[a-z ]+\]", "", str(error)).split()).removeprefix("ERROR: ")
        raise UsageError(
            f"Inspect cannot open the model {model!r}: {said}; see `personae doctor` for what is there"
        ) from error


class InspectModel:
    """An Inspect model with our two methods.

    Errors of a foreign provider pass through as Inspect raises them, because its limits and its own retrying of
    samples depend on that; errors of our own providers are `ModelError`s.
    """

    def __init__(self, model: InspectsModel) -> None:
        self.inspect = model
        self._offers_logprobs = True

    @property
    def name(self) -> str:
        """Inspect's full name, `provider/model`."""
        return str(self.inspect)

    def __repr__(self) -> str:
        return f"InspectModel({self.name!r})"

    def __getattr__(self, attribute: str) -> Any:
        """How much the model reads and how it counts, where it says so."""
        if attribute in ("context", "count_tokens") and isinstance(self.inspect.api, PersonaeAPI):
            return getattr(self.inspect.api.model, attribute)
        raise AttributeError(f"{type(self).__name__!r} has no attribute {attribute!r}")

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The next assistant turn, logged by Inspect. Raises ContextOverflow where the model could not read on."""
        return read_output(await self.inspect.generate(_chat(messages), config=_config(settings)))

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """Scores by the model itself where it is one of ours; else "letters" where the output carries the likely
        first tokens, else "parsed".
        """
        check_options(options)
        if isinstance(self.inspect.api, PersonaeAPI):
            return await self.inspect.api.model.logprobs(messages, options)
        asked = _chat(letters_prompt(messages, options))
        output = await self._with_top(asked) if self._offers_logprobs else None
        if output is None:
            output = await self.inspect.generate(asked, config=_config(CHOICE))
        top, reply = _top(output), read_output(output)
        return letter_scores(top, len(options), reply.usage) if top else parsed_scores(reply, options)

    async def _with_top(self, asked: list[ChatMessage]) -> ModelOutput | None:
        """The reply with its likely first tokens; None, once and for all, where the provider refuses such a request."""
        wanted = _config(CHOICE).merge(GenerateConfig(logprobs=True, top_logprobs=TOP_LOGPROBS))
        try:
            return await self.inspect.generate(asked, config=wanted)
        except RuntimeError as error:  # Inspect's ModelGenerateError, which is not public
            if getattr(error, "status_code", None) not in (400, 422):
                raise
            self._offers_logprobs = False
            return None


def read_output(output: ModelOutput) -> Completion:
    """Inspect's output as ours. Raises BadResponse for one without a choice, ContextOverflow for a prompt too long."""
    if output.empty:
        raise BadResponse(f"{output.model!r} returned no choice: {output.error or 'no reason given'}")
    if output.stop_reason == "model_length" and not output.completion:
        raise ContextOverflow(output.error or f"the prompt is longer than {output.model!r} can read; shorten it")
    usage = output.usage
    if usage is None:
        spent = Usage(seconds=output.time or 0.0)
    else:
        cached = usage.input_tokens_cache_read or 0
        read = usage.input_tokens + cached + (usage.input_tokens_cache_write or 0)
        spent = Usage(read, usage.output_tokens, cached, output.time or 0.0)
    return Completion(output.completion, spent, STOPS.get(output.stop_reason, "stop"))


def _top(output: ModelOutput) -> dict[str, float]:
    """The likely first tokens of the answer, empty where the output carries none."""
    logprobs = output.choices[0].logprobs if output.choices else None
    if logprobs is None or not logprobs.content:
        return {}
    return {entry.token: entry.logprob for entry in logprobs.content[0].top_logprobs or []}


def _chat(messages: Sequence[Message]) -> list[ChatMessage]:
    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    return [kinds[message.role](content=message.content) for message in messages]


def _config(settings: Settings) -> GenerateConfig:
    return GenerateConfig(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        seed=settings.seed,
        stop_seqs=list(settings.stop) or None,
        attempt_timeout=math.ceil(settings.timeout_s),
        response_schema=_schema(settings.json_schema) if settings.json_schema else None,
    )


def _schema(text: str) -> ResponseSchema:
    return ResponseSchema(name="answer", json_schema=JSONSchema.model_validate_json(text), strict=True)
