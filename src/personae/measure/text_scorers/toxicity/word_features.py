"""What the second head counts in a text: words, pairs of words, and pieces of words up to their edges.

The same counts as scikit-learn's `TfidfVectorizer` takes for words 1–2 and for `char_wb` 2–5, so that a head is fitted
with it and read without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_WORD = re.compile(r"\b\w\w+\b")
SHORTEST, LONGEST = 2, 5


def words(text: str) -> list[str]:
    """Words of two letters or more and pairs of neighbours, lower-cased.

    >>> words("A red, red sea")
    ['red', 'red', 'sea', 'red red', 'red sea']
    """
    found = _WORD.findall(text.lower())
    return found + [f"{first} {second}" for first, second in pairwise(found)]


def pieces(text: str) -> list[str]:
    """Runs of two to five characters inside each word with a space at either edge, lower-cased.

    >>> pieces("Ox")
    [' o', 'ox', 'x ', ' ox', 'ox ', ' ox ']
    """
    return [piece for word in text.lower().split() for piece in _inside(f" {word} ")]


def _inside(word: str) -> Iterator[str]:
    for size in range(SHORTEST, LONGEST + 1):
        yield word[:size]
        yield from (word[at : at + size] for at in range(1, len(word) - size + 1))
        if size >= len(word):  # a word shorter than the rest of the sizes counts once
            return
