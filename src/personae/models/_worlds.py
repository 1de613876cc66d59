"""The token loop over several prompts in step, in torch: every world keeps its keys and values in one batch.

It knows tokens, tensors and the `Mix` protocol; messages and chat templates are `hf.py`'s. Worlds of unequal length
stand at the right edge of the batch, the left is masked, so a world alone is computed exactly as a plain prompt is.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from personae.models.mixes import Blend, Mix, Vocabulary, path_logprobs, pick
from personae.types import Settings, StopReason

#: Candidates scored at once in one world: bounds the memory of their logits (8 × 20 × 49,152 floats are 30 MB).
CHUNK = 8


@dataclass
class Answer:
    """One answer under way: the tokens of its worlds, and what was said so far."""

    worlds: Sequence[Sequence[int]]
    blend: Blend
    rng: Any
    decode: Callable[[list[int]], str]
    said: list[int] = field(default_factory=list)
    text: str = ""
    stop: StopReason | None = None
    seconds: float = 0.0

    def take(self, logprobs: Any, settings: Settings, ends: frozenset[int]) -> int:
        """Say one more token."""
        token = pick(self.blend.scores(logprobs), settings, self.rng)
        self.blend.said(token)
        self.said.append(token)
        if token in ends:
            self.stop = "stop"
            return token
        self.text = self.decode(self.said)
        cut = min((at for mark in settings.stop if (at := self.text.find(mark)) >= 0), default=None)
        if cut is not None:
            self.text, self.stop = self.text[:cut], "stop"
        elif len(self.said) >= settings.max_tokens:
            self.stop = "length"
        return token


class Rows:
    """Prompts read side by side, a row each; every row goes on with its own tokens."""

    def __init__(self, network: Any, prompts: Sequence[tuple[int, ...]]) -> None:
        self.network = network
        distinct = list(dict.fromkeys(prompts))  # equal prompts are read once
        longest = max(map(len, distinct))
        ids = self._tensor([[0] * (longest - len(row)) + list(row) for row in distinct])
        self.mask = self._tensor([[0] * (longest - len(row)) + [1] * len(row) for row in distinct])
        self.places = (self.mask.cumsum(dim=1) - 1).clamp(min=0)
        self.cache: Any = None
        self.logits = self._forward(ids)
        if len(distinct) < len(prompts):
            numbers = {row: number for number, row in enumerate(distinct)}
            self.keep([numbers[row] for row in prompts])
            self.logits = self.logits[self._tensor([numbers[row] for row in prompts])]

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only, in this order."""
        chosen = self._tensor(rows)
        self.cache.batch_select_indices(chosen)
        self.mask, self.places = self.mask[chosen], self.places[chosen]

    def add(self, tokens: Sequence[int]) -> None:
        """One more token in every row."""
        self.mask = torch.cat([self.mask, self.mask.new_ones(len(tokens), 1)], dim=1)
        self.places = self.places[:, -1:] + 1
        self.logits = self._forward(self._tensor(tokens).reshape(-1, 1))

    def logprobs(self) -> Any:
        """Of every row, of the next token: float32 of shape (rows, vocabulary)."""
        return torch.log_softmax(self.logits, dim=-1).cpu().numpy()

    def _forward(self, ids: Any) -> Any:
        output = self.network(
            ids,
            attention_mask=self.mask,
            position_ids=self.places,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self.cache = output.past_key_values
        return output.logits[:, -1].float()

    def _tensor(self, numbers: Any) -> Any:
        return torch.tensor(numbers, device=self.network.device)


def speak(network: Any, answers: Sequence[Answer], settings: Settings, ends: frozenset[int]) -> bool:
    """Finish all answers, each over its own worlds. False: the time ran out."""
    started = time.perf_counter()
    active = list(answers)
    with torch.inference_mode():
        rows = Rows(network, [tuple(world) for answer in active for world in answer.worlds])
        while True:
            logprobs, row = rows.logprobs(), 0
            said: list[int] = []
            kept: list[int] = []
            for answer in active:
                width = len(answer.worlds)
                token = answer.take(logprobs[row : row + width], settings, ends)
                answer.seconds = time.perf_counter() - started
                if answer.stop is None:
                    said += [token] * width
                    kept += range(row, row + width)
                row += width
            active = [answer for answer in active if answer.stop is None]
            if not active:
                return True
            if time.perf_counter() - started >= settings.timeout_s:
                return False
            if len(kept) < row:
                rows.keep(kept)
            rows.add(said)


def score(
    network: Any,
    worlds: Sequence[Sequence[int]],
    rows: Sequence[Sequence[int]],
    mixes: Sequence[Mix],
    vocabulary: Vocabulary,
) -> list[list[tuple[float, ...]]]:
    """For every mix and every row of tokens, the log-probability of each token after these worlds.

    Each world's prompt is read once; rows follow it in chunks, the longest together, so that little is padded.
    """
    order = sorted(range(len(rows)), key=lambda number: -len(rows[number]))
    scores: list[list[tuple[float, ...]]] = [[()] * len(rows) for _ in mixes]
    with torch.inference_mode():
        read = [network(torch.tensor([list(world)], device=network.device), use_cache=True, logits_to_keep=1)
                for world in worlds]  # fmt: skip
        for start in range(0, len(order), CHUNK):
            chunk = order[start : start + CHUNK]
            logprobs = [_after(network, first, [rows[number] for number in chunk]) for first in read]
            for place, number in enumerate(chunk):
                tokens = rows[number]
                every = np.stack([world[place, : len(tokens)] for world in logprobs])
                for mix, column in zip(mixes, scores, strict=True):
                    column[number] = path_logprobs(mix, every, tokens, vocabulary)
    return scores


def _after(network: Any, first: Any, rows: Sequence[Sequence[int]]) -> Any:
    """Log-probabilities before each token of each row, float32 of shape (rows, longest row, vocabulary)."""
    longest = max(map(len, rows))
    padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=network.device)
    before = first.logits[:, -1:].expand(len(rows), -1, -1)
    if longest == 1:
        return torch.log_softmax(before.float(), dim=-1).cpu().numpy()
    cache = copy.deepcopy(first.past_key_values)
    cache.batch_repeat_interleave(len(rows))
    later = network(padded[:, :-1], past_key_values=cache).logits
    return torch.log_softmax(torch.cat([before, later], dim=1).float(), dim=-1).cpu().numpy()
