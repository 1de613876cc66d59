"""The two heads that tell toxicity: one reads a sentence's vector, one its words. Both are linear and plain files.

    head.json     the first: one weight per dimension and an intercept
    words.json    the second: its vocabularies
    words.npz     the second: inverse document frequencies, weights and intercept

Nothing is unpickled. What does not fit together is a FormatError.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.measure.text_scorers.toxicity.word_features import pieces, words
from personae.stats.intervals import FloatArray

HEAD, WORDS, NUMBERS = "head.json", "words.json", "words.npz"
_LARGEST = 64 * MEGABYTE

#: The blocks of the second head, in their order, and what each counts.
BLOCKS: Mapping[str, Callable[[str], list[str]]] = {"words": words, "pieces": pieces}


@dataclass(frozen=True)
class MeaningHead:
    """A linear reading of sentence vectors. `embedder` names whose vectors it reads."""

    weights: FloatArray
    intercept: float
    embedder: str

    def read(self, vectors: Any) -> FloatArray:
        """One number per row of `vectors`, about 0 … 1 and not clipped. Raises UsageError for other dimensions."""
        rows = np.asarray(vectors, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.weights):
            raise UsageError(f"vectors have the shape {rows.shape}; this head reads {len(self.weights)} dimensions")
        found: FloatArray = rows @ self.weights + self.intercept
        return found


@dataclass(frozen=True)
class Block:
    """One kind of feature: its vocabulary, and an inverse document frequency and a weight for each entry."""

    vocabulary: tuple[str, ...]
    idf: FloatArray
    weights: FloatArray

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {feature: at for at, feature in enumerate(self.vocabulary)}

    def read(self, features: list[str]) -> float:
        """Weights times sublinear TF-IDF of length 1; 0 where no feature is known."""
        known = [(self._place[name], n) for name, n in Counter(features).items() if name in self._place]
        if not known:
            return 0.0
        at = np.array([place for place, _ in known])
        values = (1 + np.log([n for _, n in known])) * self.idf[at]
        return float(values @ self.weights[at] / np.linalg.norm(values))


@dataclass(frozen=True)
class WordsHead:
    """A linear reading of words, pairs of words and pieces of words: one block each, as `BLOCKS` has them."""

    blocks: tuple[Block, ...]
    intercept: float

    def read(self, texts: Sequence[str]) -> FloatArray:
        """One number per text, about 0 … 1 and not clipped."""
        return np.array([self.intercept + self._one(text) for text in texts], dtype=np.float64)

    def _one(self, text: str) -> float:
        return math.fsum(block.read(of(text)) for block, of in zip(self.blocks, BLOCKS.values(), strict=True))


def write_meaning(head: MeaningHead, folder: Path) -> None:
    """Put the first head into a folder."""
    data = {
        "embedder": head.embedder,
        "intercept": round(head.intercept, 7),
        "weights": [round(float(weight), 7) for weight in head.weights],
    }
    write_atomic(folder / HEAD, json.dumps(data, indent=1) + "\n")


def read_meaning(folder: Path) -> MeaningHead:
    """The first head of a folder. Raises FormatError."""
    data = _json(folder / HEAD)
    try:
        head = MeaningHead(
            np.array(data["weights"], dtype=np.float64), float(data["intercept"]), str(data["embedder"])
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{str(folder / HEAD)!r} is no head: {error!r}; train it again") from error
    if head.weights.ndim != 1 or not np.isfinite([*head.weights, head.intercept]).all():
        raise FormatError(f"{str(folder / HEAD)!r} holds weights that are no list of finite numbers; train it again")
    return head


def write_words(head: WordsHead, folder: Path) -> None:
    """Put the second head into a folder. It holds words of the texts it was trained on: mind their licence."""
    named = dict(zip(BLOCKS, head.blocks, strict=True))
    numbers = {
        f"{name}_{part}": np.asarray(getattr(block, part), dtype=np.float32)
        for name, block in named.items()
        for part in ("idf", "weights")
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, intercept=np.float32(head.intercept), **numbers)  # type: ignore[arg-type]
    vocabularies = {name: list(block.vocabulary) for name, block in named.items()}
    write_atomic(folder / WORDS, json.dumps(vocabularies, ensure_ascii=False))
    write_atomic(folder / NUMBERS, packed.getvalue())


def read_words(folder: Path) -> WordsHead:
    """The second head of a folder. Raises FormatError, UnsafeFile for files too large to be one."""
    vocabularies = _json(folder / WORDS)
    where = repr(str(folder / NUMBERS))
    try:
        with np.load(io.BytesIO(read_limited(folder / NUMBERS, _LARGEST)), allow_pickle=False) as file:
            numbers = {name: np.asarray(file[name], dtype=np.float64) for name in file.files}
        blocks = tuple(
            Block(tuple(map(str, vocabularies[name])), numbers[f"{name}_idf"], numbers[f"{name}_weights"])
            for name in BLOCKS
        )
        intercept = float(numbers["intercept"])
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise FormatError(f"{where} is no head of words: {error!r}; train it again") from error
    for block in blocks:
        shape = (len(block.vocabulary),)
        if not block.idf.shape == block.weights.shape == shape or not np.isfinite([block.idf, block.weights]).all():
            raise FormatError(f"{where} and its vocabulary do not fit: {block.weights.shape} numbers for {shape} words")
    return WordsHead(blocks, intercept)


def _json(path: Path) -> Any:
    try:
        data = json.loads(read_limited(path, _LARGEST))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no JSON: {error}; train it again") from error
    if not isinstance(data, dict):
        raise FormatError(f"{str(path)!r} holds {type(data).__name__}, not an object; train it again")
    return data
