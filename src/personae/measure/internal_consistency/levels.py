"""Answers to one question at three levels: asked again, decoded in other ways, and read off the layers of a network.

Answers are those of `read`, which makes the comparable answer of a reply, None where there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.models.scoring import letters_prompt
from personae.types import Completion, Message, Model, Settings

Read = Callable[[str], str | None]

#: Re-samples at the response level, and their temperature.
SAMPLES, TEMPERATURE = 5, 1.0
#: Of the other ways to decode.
TOP_K, TOP_P, BEAMS = 50, 0.9, 4


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by where they come from (a number, a way, a layer), None where none could be read; `missing` says by
    outcome or reason why."""

    answers: Mapping[str, str | None]
    missing: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, replies: Mapping[str, Completion | str], read: Read) -> Answers:
        """From completions; a text in place of one says why there is none."""
        found: dict[str, str | None] = {}
        missing: dict[str, int] = {}
        for name, reply in replies.items():
            lost: str | None = reply if isinstance(reply, str) else None
            if isinstance(reply, Completion):
                found[name] = read(reply.text) if reply.outcome == "answered" else None
                lost = None if found[name] is not None else reply.outcome if reply.outcome != "answered" else "unparsed"
            if lost is not None:
                missing[lost] = missing.get(lost, 0) + 1
        return cls(found, missing)


async def response(
    model: Model, messages: Sequence[Message], settings: Settings, read: Read, *, n: int = SAMPLES
) -> Answers:
    """The same question again, at temperature 1 and with the seeds that follow the settings'."""
    seeds = [None if settings.seed is None else settings.seed + number for number in range(n)]
    replies = await asyncio.gather(
        *(model.generate(messages, replace(settings, temperature=TEMPERATURE, top_p=1.0, seed=seed)) for seed in seeds)
    )
    return Answers.of({str(number): reply for number, reply in enumerate(replies)}, read)


async def decoding(model: Model, messages: Sequence[Message], settings: Settings, read: Read) -> Answers:
    """One question decoded greedily, by sampling, among the likeliest (top-p, top-k) and by beam search.

    Top-k needs a model that shows its logits, beams one in torch; elsewhere these are missing as "not_offered".
    """
    inner = beneath(model)
    replies: dict[str, Completion | str] = {
        "greedy": await model.generate(messages, replace(settings, temperature=0.0, top_p=1.0)),
        "sample": await model.generate(messages, replace(settings, temperature=1.0, top_p=1.0)),
        "top_p": await model.generate(messages, replace(settings, temperature=1.0, top_p=TOP_P)),
        "top_k": "not_offered",
        "beam": "not_offered",
    }
    if hasattr(inner, "step_worlds"):
        replies["top_k"] = await inner.step_worlds([messages], TopK(), replace(settings, temperature=1.0, top_p=1.0))
    if hasattr(inner, "loaded"):
        replies["beam"] = await _beams(inner, messages, settings)
    return Answers.of(replies, read)


async def latent(model: Model, messages: Sequence[Message], options: Sequence[str]) -> Answers:
    """The option that each layer would choose: its state before the answer, read by the model's own last norm and head.

    The options are listed with letters, and the likeliest letter is taken (the logit lens). Needs a model in torch.
    """
    inner = beneath(model)
    if not hasattr(inner, "hidden_states"):
        return Answers({}, {"not_offered": 1})
    asked = letters_prompt(messages, options)
    states = (await inner.hidden_states([asked]))[1:, 0]
    network, tokenizer = inner.loaded
    before = (await inner.prompt_text(asked))[-1:].isspace()
    letters = [
        tokenizer(letter if before else f" {letter}", add_special_tokens=False)["input_ids"][-1]
        for letter in ascii_uppercase[: len(options)]
    ]
    head = network.get_output_embeddings().weight
    rows = head.new_tensor(np.asarray(states))
    normed = [_last_norm(network)(row) for row in rows[:-1]] + [rows[-1]]  # the last state has been normed already
    picks = [int((head[letters] @ row).argmax()) for row in normed]
    return Answers({f"layer {number}": options[pick] for number, pick in enumerate(picks, 1)})


def beneath(model: Model) -> Any:
    """The model that caches, ledgers and Inspect stand around."""
    inner: Any = model
    while True:
        if "model" in getattr(inner, "__dict__", {}):
            inner = inner.model
        elif hasattr(getattr(getattr(inner, "inspect", None), "api", None), "model"):
            inner = inner.inspect.api.model
        else:
            return inner


@dataclass(frozen=True, slots=True)
class TopK:
    """A mix of one world that leaves the k likeliest tokens."""

    k: int = TOP_K

    def begin(self, worlds: int, vocabulary: Any) -> TopK:
        """It has no state."""
        if worlds != 1:
            raise UsageError(f"top-k is for one prompt, not {worlds!r}")
        return self

    def scores(self, logprobs: Any) -> Any:
        """The others cannot be said."""
        row = logprobs[0]
        if len(row) <= self.k:
            return row
        return np.where(row >= np.partition(row, -self.k)[-self.k], row, -np.inf)

    def said(self, token: int) -> None:
        """Nothing to remember."""


async def _beams(model: Any, messages: Sequence[Message], settings: Settings) -> Completion:
    network, tokenizer = model.loaded
    text = await model.prompt_text(messages)

    def search() -> Completion:
        read = tokenizer(text, return_tensors="pt", add_special_tokens=False).to(network.device)
        told = network.generate(
            input_ids=read["input_ids"], attention_mask=read["attention_mask"], num_beams=BEAMS, do_sample=False,
            max_new_tokens=settings.max_tokens, pad_token_id=tokenizer.eos_token_id, temperature=None, top_p=None,
            top_k=None, repetition_penalty=1.0,
        )  # fmt: skip
        said = told[0, read["input_ids"].shape[1] :].tolist()
        ended = tokenizer.eos_token_id in said
        cut = tokenizer.decode(said, skip_special_tokens=True)
        return Completion(cut, stop="stop" if ended else "length")

    return await asyncio.to_thread(search)


def _last_norm(network: Any) -> Any:
    base = network.base_model
    for name in ("norm", "ln_f", "final_layer_norm", "final_layernorm"):
        if hasattr(base, name):
            return getattr(base, name)
    raise UsageError(f"{type(network).__name__} has no last norm that is known; its layers cannot be read")
