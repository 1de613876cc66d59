"""A journal with two planted themes, seven entries in ten about the first."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from personae.simulate.journals import Entry

GARDEN = (
    "I spent the whole morning digging the vegetable beds.",
    "I sowed carrots and lettuce along the south wall.",
    "The tomatoes in my greenhouse are finally turning red.",
    "I found slugs on every single cabbage leaf.",
    "I pruned the apple trees before the frost came.",
    "I carried three barrows of compost to the roses.",
    "My neighbour gave me seedlings of her best beans.",
    "I watered the flower beds until it was dark.",
    "I dug up the last potatoes and dried them in the shed.",
    "I planted tulip bulbs under the old pear tree.",
)
TRAINS = (
    "I rode the night train to the coast and barely slept.",
    "I missed my connection and waited two hours on the platform.",
    "The conductor checked my ticket twice before the border.",
    "I bought a new railway timetable for my collection.",
    "I photographed a steam locomotive at the old station.",
    "I changed trains in a town I had never heard of.",
    "I like the sleeping car with its narrow bunks best.",
    "The express was late again, and I read in the dining car.",
)


def planted(n: int, *, main=GARDEN, other=TRAINS, share: float = 0.7, seed: int = 0) -> list[Entry]:
    """`n` entries of three sentences, `share` of them about the main theme (ids begin with "main"), one a day."""
    rng = random.Random(seed)
    kinds = ["main"] * round(share * n) + ["other"] * (n - round(share * n))
    rng.shuffle(kinds)
    days = (f"2025-{1 + at // 28:02}-{1 + at % 28:02}" for at in range(n))
    return [
        Entry(f"{kind}-{at}", " ".join(rng.sample(main if kind == "main" else other, 3)), day)
        for at, (kind, day) in enumerate(zip(kinds, days, strict=True))
    ]


class Themes:
    """An embedder that tells the two themes apart: a direction for each, and noise of its own for each text."""

    name = "themes"

    def embed(self, texts: Sequence[str]) -> Any:
        vectors = []
        for text in texts:
            about = [sum(sentence in text for sentence in theme) for theme in (GARDEN, TRAINS)]
            noise = np.random.default_rng(zlib.crc32(text.encode())).normal(scale=0.12, size=16)
            vectors.append(np.array([*about, *[0.0] * 14]) / max(sum(about), 1) + noise)
        array = np.array(vectors, dtype=np.float32).reshape(len(texts), 16)
        return array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-9)
