"""The network: a transformer of two layers that reads five words and says one number. Training, answers, inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import MissingExtra
from personae.train.truth_world.world import LENGTH, NUMBERS, WORDS, IntArray, Rows

try:
    import torch
    from torch import nn
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "torch") from error

#: step, steps in all, loss
OnStep = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained: sizes and rates found on this world; two layers are the paper's."""

    layers: int = 2
    width: int = 48
    heads: int = 4
    steps: int = 300
    batch: int = 128
    rate: float = 3e-3
    decay: float = 0.3
    threads: int = 1


class Network(nn.Module):  # type: ignore[misc]
    """Words, learned places, causal layers (normalised first), and the answer read at the last word."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, recipe.width)
        self.places = nn.Parameter(0.02 * torch.randn(LENGTH, recipe.width))
        nn.init.normal_(self.words.weight, std=0.1)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                recipe.width, recipe.heads, 4 * recipe.width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            for _ in range(recipe.layers)
        )
        self.norm = nn.LayerNorm(recipe.width)
        self.answer = nn.Linear(recipe.width, NUMBERS)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(LENGTH))

    def states(self, prompts_RT: Any) -> list[Any]:
        """At the last word: (rows, width) before the first layer and after each."""
        states = self.words(prompts_RT) + self.places
        found = [states[:, -1]]
        for layer in self.layers:
            states = layer(states, src_mask=self.mask, is_causal=True)
            found.append(states[:, -1])
        return found

    def forward(self, prompts_RT: Any) -> Any:
        """Logits of the answer, (rows, 20)."""
        return self.answer(self.norm(self.states(prompts_RT)[-1]))


def trained(rows: Rows, recipe: Recipe, seed: int, on_step: OnStep | None = None) -> Network:
    """A network that has learned these rows. The same seed gives the same network on the same machine."""
    torch.set_num_threads(recipe.threads)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(recipe)
        prompts, says = torch.from_numpy(rows.prompts_RT), torch.from_numpy(rows.says)
        optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.98)
        )
        for step in range(recipe.steps):
            optimizer.param_groups[0]["lr"] = recipe.rate * _slope(step, recipe.steps)
            drawn = torch.randint(len(rows), (recipe.batch,))
            loss = nn.functional.cross_entropy(network(prompts[drawn]), says[drawn])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if on_step is not None:
                on_step(step + 1, recipe.steps, loss.item())
    network.eval()
    return network


def answers(network: Network, rows: Rows) -> IntArray:
    """The likeliest answer to each row."""
    with torch.inference_mode():
        said: IntArray = network(torch.from_numpy(rows.prompts_RT)).argmax(dim=1).numpy()
    return said


def inside(network: Network, rows: Rows) -> npt.NDArray[np.float32]:
    """Hidden states at the mark, before the answer: float32 of shape (layers + 1, rows, width)."""
    with torch.inference_mode():
        states = network.states(torch.from_numpy(rows.prompts_RT))
    return np.stack([state.numpy() for state in states])


def _slope(step: int, steps: int) -> float:
    """Up over 50 steps, then down along a cosine to a twentieth."""
    return min(1.0, (step + 1) / 50) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))
