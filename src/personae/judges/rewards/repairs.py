"""Two repairs for inconsistent rewards: training texts chosen by a hull, and scores mixed with those of near texts.

ConvexDA and RewardFusion are from The Trickle-down Impact of Reward (In-)consistency on RLHF (2024). In its released
code one record stands for every kept vertex, and a hull without area stops the run; here each text is kept itself, and
texts on one line are all kept.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.judges.rewards.roles import Reward, same_length
from personae.types import Embedder

#: Variants of each text, and the share of its words that each changes (the paper's settings).
VARIANTS, CHANGED = 5, 0.05
#: Training texts that may speak beside a text's own score: at most so many, at least so near (the paper's settings).
NEIGHBOURS, NEAR = 5, 0.9


def convex_da(
    texts: Sequence[str], embedder: Embedder, *, seed: int, variants: int = VARIANTS, changed: float = CHANGED
) -> list[tuple[int, str]]:
    """Texts to train on: each text with its variants, of which only the corners are kept (ConvexDA).

    Every variant has one word in twenty, at least one, taken out or exchanged with its neighbour. A text and its
    variants are embedded, laid into a plane (PCA), and the vertices of their convex hull are kept. Gives (index of the
    text, kept text); an original that is no corner is left out. Raises UsageError for an empty text.
    """
    kept: list[tuple[int, str]] = []
    for at, text in enumerate(texts):
        if not text.strip():
            raise UsageError(f"text {at} is empty; there is nothing to vary")
        rng = random.Random(f"{seed}\0{at}\0{text}")
        group = list(dict.fromkeys([text, *(varied(text, rng, changed) for _ in range(variants))]))
        group = [each for each in group if each.strip()]
        corners = hull(plane(embedder.embed(group)))
        kept += [(at, group[corner]) for corner in corners]
    return kept


def varied(text: str, rng: random.Random, changed: float = CHANGED) -> str:
    """The text with a share of its words – one at least – taken out or exchanged with the next.

    >>> varied("one", random.Random(0))
    'one'
    """
    words = text.split()
    for _ in range(max(1, round(len(words) * changed))):
        if len(words) < 2:
            break
        at = rng.randrange(len(words) - 1)
        if rng.random() < 0.5:
            words[at], words[at + 1] = words[at + 1], words[at]
        else:
            del words[at]
    return " ".join(words)


def plane(vectors: Any) -> Any:
    """Vectors by their first two principal components, float64 of shape (n, 2); zeros where there is no spread."""
    array = np.asarray(vectors, dtype=np.float64)
    centred = array - array.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T
    return np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))


def hull(points: Any) -> list[int]:
    """Indices of the vertices of the convex hull, ascending (Andrew's monotone chain); all where it has no area.

    >>> hull([(0, 0), (2, 0), (0, 2), (2, 2), (1, 1)])
    [0, 1, 2, 3]
    >>> hull([(0, 0), (1, 1), (2, 2)])
    [0, 1, 2]
    """
    array = np.asarray(points, dtype=np.float64)
    order = sorted(range(len(array)), key=lambda at: (array[at, 0], array[at, 1]))
    scale = float(np.abs(array - array.mean(axis=0)).max(initial=0.0)) ** 2 or 1.0

    def chain(places: Sequence[int]) -> list[int]:
        kept: list[int] = []
        for at in places:
            while len(kept) > 1 and _turn(array[kept[-2]], array[kept[-1]], array[at]) <= 1e-9 * scale:
                kept.pop()
            kept.append(at)
        return kept[:-1]

    corners = chain(order) + chain(order[::-1])
    return sorted(corners) if len(corners) > 2 else list(range(len(array)))


def _turn(a: Any, b: Any, c: Any) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def fused(own: float, near: Sequence[tuple[float, float]]) -> float:
    """A score with weight 1 mixed with those of near texts, each (similarity, score) with its similarity as weight.

    >>> round(fused(1.0, [(0.95, 0.0), (0.90, 2.0)]), 5)
    0.98246
    """
    return (own + sum(weight * score for weight, score in near)) / (1 + sum(weight for weight, _ in near))


@dataclass(frozen=True)
class Fused:
    """A reward mixed with its own scores of near training texts (RewardFusion).

    asks, replies, scores: the training pairs and what the reward gave them. Ask and reply together are what is
    compared; at most `neighbours` with a cosine of `near` or more speak.
    """

    reward: Reward
    embedder: Embedder
    asks: tuple[str, ...]
    replies: tuple[str, ...]
    scores: tuple[float, ...]
    neighbours: int = NEIGHBOURS
    near: float = NEAR

    def __post_init__(self) -> None:
        same_length(self.asks, self.replies)
        if len(self.scores) != len(self.asks) or not self.asks:
            raise UsageError(f"{len(self.asks)} training pairs but {len(self.scores)} scores; give one for each pair")

    @property
    def name(self) -> str:
        """ "fused/" and the reward's name."""
        return f"fused/{self.reward.name}"

    async def __call__(self, asks: Sequence[str], replies: Sequence[str], /) -> Sequence[float | None]:
        """The mixed scores; None where the reward has none."""
        own = await self.reward(asks, replies)
        if not asks:
            return []
        cosines = self.embedder.embed(_joined(asks, replies)) @ self._known.T
        return [
            None if score is None else fused(score, self._near(row)) for score, row in zip(own, cosines, strict=True)
        ]

    def _near(self, row: Any) -> list[tuple[float, float]]:
        order = [int(at) for at in np.argsort(-row, kind="stable")[: self.neighbours]]
        return [(float(row[at]), self.scores[at]) for at in order if row[at] >= self.near]

    @cached_property
    def _known(self) -> Any:
        return self.embedder.embed(_joined(self.asks, self.replies))


def _joined(asks: Sequence[str], replies: Sequence[str]) -> list[str]:
    return [f"{ask}\n{reply}" for ask, reply in zip(asks, replies, strict=True)]
