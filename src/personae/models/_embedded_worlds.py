"""Several prompts advanced in step on the embedded server, token by token, from the most likely tokens of each world.

**An approximation.** The server tells the probabilities of the `TOP` likeliest tokens (22 ms for 1,000 on a cached
prompt, against 0.5 s for the whole vocabulary). Only tokens that are among the first `TOP` of some world can be said;
in a world that does not list such a token, it counts as likely as the mean of all tokens that world leaves out, and
never likelier than its last listed one. Put beside the whole vocabulary, on the same 128 prefixes each, the likeliest
token was the same in 100 % of cases for RSA (three worlds) and for guidance at w = 0.5, 99 % at w = 1.75 and 95 % at
w = 2.5; the total variation between the distributions was .006, .007, .02 and .22. Strong guidance lifts what is
unlikely in both worlds, and that is what the floor cuts off. Where exact sums matter, use `HfModel`.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from personae.errors import ModelUnreachable, UsageError
from personae.models._llama import SLOTS, LlamaServer
from personae.models._slots import Pieces
from personae.models.gguf_file import GGUFHeader
from personae.models.mixes import Mix, Vocabulary, pick
from personae.types import Completion, Settings, StopReason, Usage

#: How many tokens of each world are looked at.
TOP = 1000


def step(server: LlamaServer, worlds: Sequence[Pieces], mix: Mix, settings: Settings) -> Completion:
    """The next turn from a mixture of these prompts. One request for each world and token; blocks."""
    if len(worlds) > SLOTS:
        raise UsageError(f"the embedded server keeps {SLOTS} prompts read at a time, not {len(worlds)}; use 'hf/…'")
    started = time.perf_counter()
    vocabulary = vocabulary_of(server.header)
    blend, rng = mix.begin(len(worlds), vocabulary), np.random.default_rng(settings.seed)
    slots = [server.prepare(world, settings.timeout_s) for world in worlds]
    said: list[int] = []
    text, stop = "", None
    while stop is None:
        logprobs = np.stack(
            [
                with_floor(top_next(server, [*world.tokens, *said], slot, vocabulary), _size(server.header))
                for world, slot in zip(worlds, slots, strict=True)
            ]
        )
        token = pick(blend.scores(logprobs), settings, rng)
        blend.said(token)
        said.append(token)
        text, stop = _text(server, said, settings, vocabulary.ends, text)
        if stop is None and time.perf_counter() - started >= settings.timeout_s:
            raise ModelUnreachable(
                f"the embedded model gave no answer within {settings.timeout_s:g} s; raise `timeout_s` or lower "
                "`max_tokens`"
            )
    read = sum(len(world.tokens) for world in worlds)
    return Completion(text, Usage(read, len(said), 0, time.perf_counter() - started), stop)


def top_next(
    server: LlamaServer, tokens: Sequence[int], slot: dict[str, Any], vocabulary: Vocabulary, top: int = TOP
) -> Sequence[dict[str, Any]]:
    """The likeliest next tokens, each with "id" and "logprob".

    Where the likeliest is half a letter, the server holds it back with all it would tell; the numbers are taken before
    any bias, so they are the same when it is made to say a whole one.
    """
    body = {"prompt": list(tokens), "n_predict": 1, "n_probs": top, "temperature": 0, "cache_prompt": True} | slot
    answer = server.post("/completion", body)
    if "completion_probabilities" not in answer:
        whole = next(at for at, piece in enumerate(vocabulary.pieces) if piece.isascii() and piece.isalpha())
        answer = server.post("/completion", body | {"logit_bias": [[whole, 100]]})
    found: Sequence[dict[str, Any]] = answer["completion_probabilities"][0]["top_logprobs"]
    return found


def with_floor(top: Sequence[dict[str, Any]], size: int) -> Any:
    """Log-probabilities of all tokens, shape (size,): the listed ones, and for the others the mean of what is left.

    >>> full = with_floor([{"id": 2, "logprob": math.log(0.8)}, {"id": 0, "logprob": math.log(0.1)}], 4)
    >>> np.exp(full).round(3).tolist()
    [0.1, 0.05, 0.8, 0.05]
    """
    ids = [entry["id"] for entry in top]
    listed = np.array([entry["logprob"] for entry in top], dtype=np.float64)
    left = max(1.0 - float(np.exp(listed).sum()), 1e-9) / max(1, size - len(ids))
    full = np.full(size, min(math.log(left), float(listed.min())))
    full[ids] = listed
    return full


def _text(
    server: LlamaServer, said: list[int], settings: Settings, ends: frozenset[int], before: str
) -> tuple[str, StopReason | None]:
    """The text so far, and whether it ends here."""
    if said[-1] in ends:
        return before, "stop"
    text = str(server.post("/detokenize", {"tokens": said})["content"])
    cut = min((at for mark in settings.stop if (at := text.find(mark)) >= 0), default=None)
    if cut is not None:
        return text[:cut], "stop"
    return text, "length" if len(said) >= settings.max_tokens else None


def _size(header: GGUFHeader) -> int:
    return len(header.metadata["tokenizer.ggml.tokens"])


@functools.lru_cache(maxsize=4)
def _vocabulary(tokens: tuple[str, ...], model: str, control: frozenset[str], ends: frozenset[int]) -> Vocabulary:
    read = _byte_level if model == "gpt2" else _sentence_piece
    return Vocabulary(lambda: tuple("" if token in control else read(token) for token in tokens), ends)


def vocabulary_of(header: GGUFHeader) -> Vocabulary:
    """The tokens as the file lists them; their vectors are not shown by the server."""
    known = header.metadata
    named = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
    ends = frozenset(int(known[name]) for name in named if name in known)
    tokens, model = tuple(known["tokenizer.ggml.tokens"]), str(known.get("tokenizer.ggml.model", ""))
    return _vocabulary(tokens, model, header.control_tokens, ends)


def _sentence_piece(token: str) -> str:
    return token.replace("▁", " ")


def _byte_level(token: str) -> str:
    letters = _byte_of_letter()
    return bytes(letters[letter] for letter in token if letter in letters).decode("utf-8", "replace")


@functools.cache
def _byte_of_letter() -> dict[str, int]:
    """GPT-2's way of writing bytes as letters: printable ones stand for themselves, the others follow at 256."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(others)}
