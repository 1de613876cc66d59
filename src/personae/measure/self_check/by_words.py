"""Self-check by words: a sentence with a word that no sample uses is a surprise. No model needed.

[SelfCheckAgent, 2025; SelfCheckGPT, 2023]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from personae.errors import UsageError
from personae.measure.self_check.passage import Passage, Scores, checkable, tokens

if TYPE_CHECKING:
    from personae.types import Embedder

Tokenise = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Unigram:
    """The most surprising word of a sentence: max −ln p(w) in nats, p(w) = (count + k) / (n + k · (types + 1)).

    k:       what is added to every count; 0 only where the passage itself is counted.
    counted: whether the checked passage counts among the samples, so that a word it made up is known already.

    The default tells what the samples bear out; `Unigram.published()` is the form with published figures.

    >>> import asyncio
    >>> passage = Passage.of("I own a dog. I own a boat.", ["I own a dog."] * 3)
    >>> [round(value, 3) for value in asyncio.run(Unigram()(passage)).values]
    [1.658, 3.045]
    """

    k: float = 1.0
    counted: bool = False
    tokenise: Tokenise = tokens
    name: str = "unigram"

    def __post_init__(self) -> None:
        if self.k < 0 or (self.k == 0 and not self.counted):
            raise UsageError(f"k is {self.k!r}; give one above 0, or 0 with counted=True: an unseen word has no −ln p")

    @classmethod
    def published(cls, tokenise: Tokenise = tokens) -> Unigram:
        """As in the paper's code: no smoothing, the checked passage among the samples."""
        return cls(0.0, True, tokenise, "unigram_published")

    async def __call__(self, passage: Passage) -> Scores:
        """Nats per sentence, ≥ 0."""
        said = [self.tokenise(sentence) for sentence in checkable(passage).sentences]
        counts = _counts(map(self.tokenise, passage.samples))
        if self.counted:
            counts += _counts(said)
        return Scores(tuple(_surprises(said, counts, self.k)))


@dataclass(frozen=True, slots=True)
class SemanticUnigram:
    """As `Unigram`, words of near meaning sharing their counts: each counts all words whose vectors have a cosine of
    `near` or more with its own. Bring a collection onto 0 … 1 with `min_max`.

    The cosine of .9 is the paper's; where it took word vectors, this takes any embedder, a word at a time.
    """

    embedder: Embedder
    near: float = 0.9
    k: float = 1.0
    name: str = "semantic_unigram"

    async def __call__(self, passage: Passage) -> Scores:
        """Nats per sentence."""
        said = [tokens(sentence) for sentence in checkable(passage).sentences]
        counts = _counts(map(tokens, passage.samples))
        asked = sorted({word for sentence in said for word in sentence})
        vectors = self.embedder.embed([*asked, *counts])
        near = vectors[: len(asked)] @ vectors[len(asked) :].T >= self.near
        shared: Counter[str] = Counter()
        for word, row in zip(asked, near, strict=True):
            shared[word] = sum(count for (other, count), same in zip(counts.items(), row, strict=True)
                               if same or other == word)  # fmt: skip
        return Scores(tuple(_surprises(said, shared, self.k, n=counts.total(), types=len(counts))))


def _counts(texts: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(word for words in texts for word in words)


def _surprises(
    said: Iterable[Sequence[str]], counts: Counter[str], k: float, *, n: int | None = None, types: int | None = None
) -> Iterable[float]:
    total = (counts.total() if n is None else n) + k * ((len(counts) if types is None else types) + 1)
    for words in said:
        yield -math.log((min(counts[word] for word in words) + k) / total)
