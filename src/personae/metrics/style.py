"""The 8-dimension style vector of a text, the scale it is read on, and how alike two styles are.

Source: the Synchrony–Stability Frontier (2025). The definitions of the dimensions are the paper's; the word lists
are ours, and so is the robust scale: the published one rests on one speaker's replies only, and lets a single
dimension drown the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.metrics import _english as english
from personae.metrics.text import sentences, syllables, words

FloatArray = npt.NDArray[np.float64]

#: Names of the dimensions, in their fixed order.
DIMENSIONS = (
    "informality",
    "sentiment",
    "sentence_length",
    "reading_ease",
    "social",
    "cognitive",
    "affect",
    "function_words",
)

ZERO_NORM = 1e-9  #: a vector shorter than this has no direction
CLIP = 3.0  #: robust z-values beyond this count as this
IQR_TO_SD = 1.349  #: interquartile range of a normal distribution in standard deviations
NEGATION_REACH = 3  #: a negation turns the feeling of this many words after it


def style_vector(text: str, *, language: str = "en") -> FloatArray:
    """The eight style figures of a text, float64 of shape (8,), in the order of `DIMENSIONS`.

    informality      (! and ?) per sentence + share of "i", "you", "u", "im", "i'm", "you're" among the words
    sentiment        −1 … 1: summed feeling s of the words (negation turns it), s / √(s² + 15) as in VADER (2014)
    sentence_length  words per sentence
    reading_ease     Flesch: 206.835 − 1.015·words/sentence − 84.6·syllables/word
    social, cognitive, affect, function_words   shares of the words, 0 … 1, by own word lists

    In other languages than English all but `sentence_length` are NaN; `unsupported` says why.
    Raises UsageError for a text without words.

    >>> vector = style_vector("I'm so happy! You too?")
    >>> [round(float(value), 2) for value in vector]
    [1.4, 0.56, 2.5, 102.78, 0.2, 0.0, 0.2, 0.8]
    """
    tokens = words(text) if language == "en" else text.split()
    parts = sentences(text)
    if not tokens or not parts:
        raise UsageError(f"the text {text[:40]!r} has no words; leave it out and count it")
    per_sentence = len(tokens) / len(parts)
    if language != "en":
        return np.array([math.nan, math.nan, per_sentence, *[math.nan] * 5])
    marks = text.count("!") + text.count("?")
    per_word = sum(map(syllables, tokens)) / len(tokens)
    return np.array(
        [
            marks / len(parts) + _share(tokens, english.INFORMAL),
            sentiment(text),
            per_sentence,
            206.835 - 1.015 * per_sentence - 84.6 * per_word,
            _share(tokens, english.SOCIAL),
            _share(tokens, english.COGNITIVE),
            _share(tokens, english.AFFECT),
            _share(tokens, english.FUNCTION),
        ]
    )


def unsupported(language: str) -> dict[str, str]:
    """Dimensions that cannot be had in a language, each with its reason; empty for English.

    >>> unsupported("en"), len(unsupported("de"))
    ({}, 7)
    """
    if language == "en":
        return {}
    return {name: f"language not supported: {language}" for name in DIMENSIONS if name != "sentence_length"}


def sentiment(text: str) -> float:
    """Feeling of an English text, −1 … 1; 0 where no word of the lexicon occurs.

    >>> sentiment("I love it") > 0 > sentiment("I don't love it")
    True
    """
    total, since_negation, weight = 0.0, NEGATION_REACH + 1, 1.0
    for word in words(text):
        feeling = english.SENTIMENT.get(word, 0.0)
        if feeling:
            total += feeling * weight * (-0.75 if since_negation <= NEGATION_REACH else 1.0)
        weight = 1.3 if word in english.INTENSIFIERS else 1.0
        negates = word in english.NEGATIONS or word.endswith("n't")
        since_negation = 1 if negates else since_negation + 1
    return total / math.sqrt(total * total + 15.0)


@dataclass(frozen=True)
class RobustScaler:
    """(x − median) / (IQR / 1.349), cut off at ±3, on the dimensions that move at all.

    `live` are the kept dimensions; the others have no spread among their middle half, or are not numbers.
    """

    median: FloatArray
    scale: FloatArray
    live: tuple[int, ...]
    clip: float = CLIP

    @classmethod
    def fit(cls, vectors: npt.ArrayLike) -> RobustScaler:
        """Learn the scale from raw vectors of *both* sides, shape (texts, dimensions), at least two texts.

        >>> RobustScaler.fit([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]).live
        (0,)
        """
        array = np.asarray(vectors, dtype=np.float64)
        if array.ndim != 2 or len(array) < 2:
            raise UsageError(f"a scale needs at least two style vectors; got an array of shape {array.shape}")
        low, median, high = np.quantile(array, [0.25, 0.5, 0.75], axis=0)
        scale = (high - low) / IQR_TO_SD
        live = tuple(int(i) for i in np.flatnonzero(scale > 1e-12))
        if not live:
            raise UsageError("no style dimension varies between these texts; give more or other texts")
        return cls(median, scale, live)

    def transform(self, vectors: npt.ArrayLike) -> FloatArray:
        """Raw vectors (…, dimensions) to z-values (…, live dimensions) within ±`clip`."""
        array = np.asarray(vectors, dtype=np.float64)
        if array.shape[-1] != len(self.median):
            raise UsageError(f"a vector of {array.shape[-1]} dimensions on a scale of {len(self.median)}")
        live = list(self.live)
        z: FloatArray = np.clip((array[..., live] - self.median[live]) / self.scale[live], -self.clip, self.clip)
        return z

    @property
    def dropped(self) -> tuple[int, ...]:
        """Dimensions left out."""
        return tuple(i for i in range(len(self.median)) if i not in self.live)


def cosine(a: npt.ArrayLike, b: npt.ArrayLike, *, as_published: bool = False) -> float | None:
    """Cosine of two vectors, −1 … 1; None where one is shorter than 1e-9: it has no direction.

    `as_published` leaves that guard out, as the paper did (only an exact zero is still None).

    >>> cosine([1.0, 0.0], [2.0, 0.0]), cosine([0.0, 0.0], [1.0, 0.0])
    (1.0, None)
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    lengths = float(np.linalg.norm(left)), float(np.linalg.norm(right))
    if min(lengths) < ZERO_NORM and (not as_published or min(lengths) == 0.0):
        return None
    return max(-1.0, min(1.0, float(left @ right) / (lengths[0] * lengths[1])))


def synchrony(speaker: npt.ArrayLike, partner: npt.ArrayLike) -> float | None:
    """Mean cosine of a speaker's turns with the partner's turns they answer; arrays (turns, dimensions)."""
    left, right = np.asarray(speaker, dtype=np.float64), np.asarray(partner, dtype=np.float64)
    return mean_defined(cosine(a, b) for a, b in zip(left, right, strict=True))


def stability(speaker: npt.ArrayLike) -> float | None:
    """Mean cosine of each turn with the one before it; None with fewer than two turns."""
    turns = np.asarray(speaker, dtype=np.float64)
    return mean_defined(cosine(a, b) for a, b in zip(turns[1:], turns[:-1], strict=True))


def register_flips(informality_z: npt.ArrayLike) -> float | None:
    """Share of steps at which informality crosses the middle of its scale (our definition); None below two turns.

    >>> register_flips([0.5, -0.1, -0.2])
    0.5
    """
    signs = np.sign(np.asarray(informality_z, dtype=np.float64))
    return float((signs[1:] != signs[:-1]).mean()) if len(signs) > 1 else None


@dataclass(frozen=True, slots=True)
class Dominance:
    """One dimension holds more than 80 % of the squared length in `share` of the turns: the scale hides the rest."""

    dimension: int
    share: float


def dominance(z: npt.ArrayLike, *, held: float = 0.8, turns: float = 0.25) -> Dominance | None:
    """The dimension that holds more than `held` of the squared norm in more than `turns` of the rows, if any."""
    squares = np.asarray(z, dtype=np.float64) ** 2
    totals = squares.sum(axis=1)
    shares = (squares[totals > 0] / totals[totals > 0, None] > held).sum(axis=0) / max(1, len(squares))
    first = int(np.argmax(shares))
    return Dominance(first, float(shares[first])) if shares[first] > turns else None


def mean_defined(values: Iterable[float | None]) -> float | None:
    """The mean of what is defined; None if nothing is."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def by_name(vector: npt.ArrayLike) -> Mapping[str, float]:
    """A raw style vector as name → figure."""
    return dict(zip(DIMENSIONS, map(float, np.asarray(vector)), strict=True))


def _share(tokens: list[str], listed: frozenset[str]) -> float:
    return sum(token in listed for token in tokens) / len(tokens)
