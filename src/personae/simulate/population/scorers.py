"""What users may like in a reply, as numbers that need no judge: each scorer reads prompts and replies, one score each.

The lexical ones are English and transparent; none is a stand-in for a person's taste, only something for simulated
users to differ in. A score that cannot be had is NaN, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Protocol

import numpy as np

from personae.errors import UsageError
from personae.files import bundled
from personae.metrics.style import sentiment, style_vector
from personae.metrics.text import sentences, words
from personae.stats.intervals import FloatArray
from personae.types import ENTAILMENT, Embedder, PairScorer


class Scorer(Protocol):
    """Anything that scores replies. User reward models join by offering the same."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def __call__(self, prompts: Sequence[str], replies: Sequence[str]) -> Awaitable[FloatArray]:
        """One score per reply, higher is more of it; NaN where none can be had."""
        ...


@dataclass(frozen=True, slots=True)
class TextScorer:
    """A scorer that only reads the reply. A reply without words has no score (NaN)."""

    name: str
    score: Callable[[str], float]

    async def __call__(self, prompts: Sequence[str], replies: Sequence[str]) -> FloatArray:
        """One score per reply."""
        return np.array([self.score(reply) if words(reply) else math.nan for reply in replies], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Support:
    """How far the reply supports a statement about what the user believes: P(entailment), 0 … 1."""

    pairs: PairScorer
    statement: str
    name: str = "support"

    async def __call__(self, prompts: Sequence[str], replies: Sequence[str]) -> FloatArray:
        """P(the reply entails the statement)."""
        found = np.full(len(replies), math.nan)
        rows = [row for row, reply in enumerate(replies) if reply.strip()]
        scored = await self.pairs.score([replies[row] for row in rows], [self.statement] * len(rows))
        found[rows] = np.asarray(scored, dtype=np.float64)[:, ENTAILMENT]
        return found


@dataclass(frozen=True, slots=True)
class Similarity:
    """How near the reply's meaning is to a text the user likes – or, without one, to the prompt: cosine, −1 … 1."""

    embedder: Embedder
    to: str | None = None
    name: str = "similarity"

    async def __call__(self, prompts: Sequence[str], replies: Sequence[str]) -> FloatArray:
        """Cosine of the two embeddings."""
        found = np.full(len(replies), math.nan)
        targets = list(prompts) if self.to is None else [self.to] * len(replies)
        rows = [row for row, reply in enumerate(replies) if reply.strip() and targets[row].strip()]
        ours = np.asarray(self.embedder.embed([replies[row] for row in rows]), dtype=np.float64)
        theirs = np.asarray(self.embedder.embed([targets[row] for row in rows]), dtype=np.float64)
        found[rows] = (ours * theirs).sum(axis=1)
        return found


def offline_scorers() -> tuple[TextScorer, ...]:
    """The ten that need nothing but the text.

    >>> [scorer.name for scorer in offline_scorers()][:4]
    ['length', 'sentiment', 'readability', 'politeness']
    """
    return tuple(TextScorer(name, score) for name, score in _OFFLINE.items())


async def score_all(scorers: Sequence[Scorer], prompts: Sequence[str], replies: Sequence[str]) -> FloatArray:
    """Scores of shape (replies, scorers). Raises UsageError where prompts and replies do not pair up.

    >>> import asyncio
    >>> asyncio.run(score_all(offline_scorers()[:1], ["Hi"], ["Four words it has."])).tolist()
    [[4.0]]
    """
    if len(prompts) != len(replies):
        raise UsageError(f"{len(prompts)} prompts and {len(replies)} replies; give one prompt per reply")
    if len({scorer.name for scorer in scorers}) < len(scorers):
        raise UsageError(f"two scorers share a name in {[scorer.name for scorer in scorers]!r}; name them apart")
    return np.column_stack([await scorer(prompts, replies) for scorer in scorers])


def politeness(text: str) -> float:
    """Polite less rude words, per sentence.

    >>> politeness("Could you please wait?") > politeness("Wait.") > politeness("Shut up, idiot.")
    True
    """
    said = words(text)
    return (_listed(said, "polite") - _listed(said, "rude")) / max(1, len(sentences(text)))


def toxicity(text: str) -> float:
    """Share of hostile words, 0 … 1: insults and wishes of harm from a short list; irony and slurs pass unseen."""
    said = words(text)
    return min(1.0, _listed(said, "hostile") / len(said)) if said else 0.0


def _listed(said: Sequence[str], name: str) -> int:
    single, double = _words(name)
    pairs = pairwise(said)
    return sum(word in single for word in said) + sum(f"{a} {b}" in double for a, b in pairs)


@cache
def _words(name: str) -> tuple[frozenset[str], frozenset[str]]:
    listed = bundled(__package__, "texts/words.en.yaml")[name]
    return frozenset(one for one in listed if " " not in one), frozenset(one for one in listed if " " in one)


def _style(place: int) -> Callable[[str], float]:
    return lambda text: float(style_vector(text)[place])


def _long_words(text: str) -> float:
    said = words(text)
    return sum(len(word) > 6 for word in said) / len(said)


_OFFLINE: dict[str, Callable[[str], float]] = {
    "length": lambda text: float(len(words(text))),
    "sentiment": sentiment,
    "readability": _style(3),
    "politeness": politeness,
    "toxicity": toxicity,
    "informality": _style(0),
    "questions": lambda text: text.count("?") / max(1, len(sentences(text))),
    "social": _style(4),
    "cognitive": _style(5),
    "long_words": _long_words,
}
