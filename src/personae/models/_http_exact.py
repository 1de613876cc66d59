"""Scoring given answers token by token on endpoints that return the log-probabilities of a prompt (vLLM).

The option stands as the last assistant turn and is left open; the tokens after the prefix it shares with the bare
prompt are the option's. The format is vLLM's: https://docs.vllm.ai, "prompt_logprobs".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from personae.errors import BadResponse
from personae.models._http_endpoint import Endpoint
from personae.types import Message, OptionScores, Usage

TIMEOUT_S = 120.0


async def exact_scores(
    endpoint: Endpoint, model: str, messages: Sequence[Message], options: Sequence[str]
) -> OptionScores:
    """Every token of every option, in one request for the prompt and one for each option.

    Raises BadResponse where the endpoint does not score prompts.
    """
    told = [{"role": message.role, "content": message.content} for message in messages]
    bare, usage = await _scored(endpoint, {"model": model, "messages": told, "add_generation_prompt": True})
    answers = await asyncio.gather(*(_option(endpoint, model, told, option) for option in options))
    sums, counts = [], []
    for tokens, spent in answers:
        usage += spent
        shared = next((i for i, (a, b) in enumerate(zip(bare, tokens, strict=False)) if a[0] != b[0]), len(bare))
        if len(tokens) <= shared:
            raise BadResponse(f"{endpoint.base_url} scored a prompt without the option at its end")
        own = tokens[shared:]
        sums.append(min(0.0, sum(logprob for _, logprob in own)))
        counts.append(len(own))
    return OptionScores(tuple(sums), tuple(counts), "exact", usage=usage)


async def _option(
    endpoint: Endpoint, model: str, told: list[dict[str, str]], option: str
) -> tuple[list[tuple[str, float]], Usage]:
    asked = [*told, {"role": "assistant", "content": option}]
    flags = {"add_generation_prompt": False, "continue_final_message": True}
    return await _scored(endpoint, {"model": model, "messages": asked, **flags})


async def _scored(endpoint: Endpoint, payload: Mapping[str, Any]) -> tuple[list[tuple[str, float]], Usage]:
    """(token id, log-probability) for each token of a prompt; 0.0 for the first, which nothing precedes."""
    asked = {**payload, "prompt_logprobs": 0, "max_tokens": 1, "temperature": 0.0}
    body, seconds = await endpoint.post("chat/completions", asked, TIMEOUT_S)
    entries = body.get("prompt_logprobs")
    if not isinstance(entries, list) or not entries:
        raise BadResponse(f"{endpoint.base_url} does not return prompt_logprobs")
    usage = body.get("usage")
    read = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    tokens = [_token(entry, endpoint.base_url) for entry in entries]
    return tokens, Usage(read if isinstance(read, int) else len(tokens), seconds=seconds)


def _token(entry: object, where: str) -> tuple[str, float]:
    if entry is None:
        return "", 0.0
    if isinstance(entry, dict) and len(entry) == 1:
        ((token, scored),) = entry.items()
        if isinstance(scored, dict) and isinstance(scored.get("logprob"), int | float):
            return token, float(scored["logprob"])
    raise BadResponse(f"{where} returns prompt_logprobs in an unknown form: {str(entry)[:80]!r}")
