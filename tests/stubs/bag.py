"""An embedder that knows words only: equal words, equal vectors. For tests that need nearness without weights."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from personae.metrics.text import words


class BagOfWords:
    """Unit vectors of hashed word counts; a text without words is the zero vector."""

    name = "bag-of-words"

    def embed(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row, zlib.crc32(word.encode()) % 512] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
