"""How specific a word is: normalised inverse document frequency, and which words are content at all.

Source: See et al. (2019), after Zhang et al. (2018): `NIDF = (idf − min) / (max − min)` with `idf = log(R / c_w)`,
R replies in all and c_w of them holding w.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.metrics import _english as english
from personae.metrics.text import words


@dataclass(frozen=True)
class Nidf:
    """NIDF of known words, 0 (in every reply) … 1 (the rarest). Words by `metrics.text.words`."""

    values: Mapping[str, float]

    @classmethod
    def from_texts(cls, replies: Iterable[str]) -> Nidf:
        """Counted on replies; a word counts once per reply. Raises `UsageError` where all words are equally frequent.

        >>> rare = Nidf.from_texts(["the cat", "the dog", "the cat sleeps"])
        >>> [round(rare.values[word], 3) for word in ("the", "cat", "sleeps")]
        [0.0, 0.369, 1.0]
        """
        counts = Counter(word for reply in replies for word in set(words(reply)))
        return cls(_scaled({word: -math.log(count) for word, count in counts.items()}))

    @classmethod
    def from_ranking(cls, ranked: Sequence[str]) -> Nidf:
        """Estimated from a list of words, most frequent first, by Zipf's law: c_w falls with 1 / rank.

        >>> [round(value, 3) for value in Nidf.from_ranking(["the", "cat", "sleeps"]).values.values()]
        [0.0, 0.631, 1.0]
        """
        return cls(_scaled({word: math.log(rank) for rank, word in reversed(list(enumerate(ranked, 1)))}))

    def mean(self, text: str) -> float | None:
        """Mean NIDF of the text's known words; None where it knows none of them."""
        known = [self.values[word] for word in words(text) if word in self.values]
        return sum(known) / len(known) if known else None


def _scaled(idf: Mapping[str, float]) -> dict[str, float]:
    low, high = min(idf.values(), default=0.0), max(idf.values(), default=0.0)
    if high == low:
        raise UsageError(f"{len(idf)} words, all equally frequent, tell no rare from common; give more replies")
    return {word: (value - low) / (high - low) for word, value in sorted(idf.items(), key=lambda pair: pair[1])}


def is_content(word: str) -> bool:
    """Whether a lower-case English word carries content: no function word, and longer than a letter.

    >>> [word for word in ["i", "don't", "eat", "the", "plums"] if is_content(word)]
    ['eat', 'plums']
    """
    return len(word.strip("'")) > 1 and word not in english.FUNCTION


def content_words(text: str) -> list[str]:
    """The content words of a text, in order, repeats included.

    >>> content_words("I eat plums, and plums only.")
    ['eat', 'plums', 'plums']
    """
    return [word for word in words(text) if is_content(word)]
