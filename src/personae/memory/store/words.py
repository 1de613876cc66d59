"""The words of a turn as they are indexed, and Okapi's score of turns from the entries of a query's words.

The scores are computed here and not by the database, so that SQLite and Postgres give the same ones, and over one
scope alone, so that what others said changes nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.memory.retrieval.bm25 import FLOOR, K1, LEAST, B
from personae.memory.retrieval.words import terms
from personae.memory.turns import Turn
from personae.metrics.text import unicode_words

#: Longer words are indexed by their beginning.
MAX_WORD = 64
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def index_words(text: str) -> list[str]:
    """English stems (`retrieval.words.terms`), and words with other letters as they are, Chinese and Japanese in pairs.

    >>> index_words("She paints in Málaga"), index_words("東京都")
    (['she', 'paint', 'm', 'laga', 'málaga'], ['東京', '京都'])
    """
    found = terms(text)
    for word in unicode_words(text) if not text.isascii() else ():
        if not word.isascii():
            found += _pairs(word) if _UNSPACED.search(word) else [word]
    return [word[:MAX_WORD] for word in found]


def counted(turn: Turn) -> Counter[str]:
    """How often each word stands in the turn as it is searched: speaker, text and caption."""
    return Counter(index_words(turn.document(captions=True)))


@dataclass(frozen=True)
class Entries:
    """Where one word stands: keys of turns, ascending, how often in each, and how long each is; of shape (turns,)."""

    turns: Any
    counts: Any
    lengths: Any


def okapi(
    asked: Mapping[str, int], entries: Mapping[str, Entries], size: int, words: int, mean_idf: Callable[[], float]
) -> tuple[Any, Any]:
    """Keys and scores of all turns with one of the words asked for, by key.

    size:     turns in the scope
    words:    words in all of them
    mean_idf: mean weight of all words of the scope; only asked for a word that more than half of its turns hold
    """
    if not entries:
        return np.zeros(0, np.int64), np.zeros(0)
    mean = words / size or 1.0
    first = min(found.turns[0] for found in entries.values())
    scores = np.zeros(1 + max(found.turns[-1] for found in entries.values()) - first)
    shared = np.zeros(len(scores), bool)
    for word, found in entries.items():
        weight = idf(size, len(found.turns))
        weight = max(weight if weight >= 0 else FLOOR * mean_idf(), LEAST)
        damping = K1 * (1 - B + B * found.lengths / mean)
        part = found.counts * (K1 + 1) / (found.counts + damping)
        scores[found.turns - first] += asked[word] * weight * part
        shared[found.turns - first] = True
    places = np.flatnonzero(shared)
    return places + first, scores[places]


def best(scores: Any, number: int) -> Any:
    """Places of at least so many scores, if there are, the best first; equals by place.

    >>> best(np.array([1.0, 3.0, 2.0, 3.0]), 1).tolist()
    [1, 3]
    """
    if number < len(scores):
        least = np.partition(scores, len(scores) - number)[len(scores) - number]
        near = np.flatnonzero(scores >= least)
    else:
        near = np.arange(len(scores))
    return near[np.argsort(-scores[near], kind="stable")]


def idf(size: int, holding: int) -> float:
    """Okapi's weight of a word that `holding` of `size` turns hold; negative beyond a half of them.

    >>> round(idf(5, 1), 4)
    1.0986
    """
    return math.log((size - holding + 0.5) / (holding + 0.5))


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
