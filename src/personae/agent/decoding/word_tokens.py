"""From words to the tokens of a model: which tokens would complete a word, given what was written so far.

Language models say pieces of words, while repetition, rarity and relatedness are about words. A word counts as said
with the token that completes it, so a forbidden word cannot be written in pieces either. Words are those of
`metrics.text.words`: runs of [a-z0-9'], lower case.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from personae.metrics.text import words
from personae.models.mixes import Vocabulary

_RUN = re.compile(r"[a-z0-9']+")
_LAST = re.compile(r"[a-z0-9']+\Z")


def plain(text: str) -> str:
    """Lower case, with typographic apostrophes made plain, as `metrics.text.words` reads it."""
    return text.lower().replace("’", "'")


def unfinished(text: str) -> str:
    """The word a text ends in the middle of; empty where it ends after one. Give it `plain` text.

    >>> unfinished("i like rea"), unfinished("i like "), unfinished("")
    ('rea', '', '')
    """
    found = _LAST.search(text[-100:])
    return found[0] if found else ""


@dataclass(frozen=True)
class WordTokens:
    """The tokens of a vocabulary by the words in them. Ids stand in ascending order.

    begins: word → tokens that open with something else than a letter or digit and hold the word (" Sea", ", sea").
    goes_on: opening run → tokens that open with it ("sea", "sea-"); where a word is unfinished, they go on with it.
    first:  the first word of each token, "" for none; opens: True where the token opens with a letter or digit.
    """

    begins: Mapping[str, tuple[int, ...]]
    goes_on: Mapping[str, tuple[int, ...]]
    first: tuple[str, ...]
    opens: Any

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> WordTokens:
        """Sorted out once for a vocabulary; use `vocabulary.once(WordTokens.of)`."""
        import numpy as np

        begins, goes_on = defaultdict(list), defaultdict(list)
        first, opens = [], np.zeros(len(vocabulary.pieces), dtype=bool)
        for token, piece in enumerate(vocabulary.pieces):
            text = plain(piece)
            runs = _RUN.findall(text)
            first.append(runs[0] if runs else "")
            if runs and text.startswith(runs[0]):
                opens[token] = True
                goes_on[runs.pop(0)].append(token)
            for run in set(runs):
                begins[run].append(token)
        return cls(_frozen(begins), _frozen(goes_on), tuple(first), opens)

    def beginning(self, wanted: Iterable[str]) -> list[int]:
        """Tokens that begin, and hold whole, one of these words."""
        return [token for word in wanted for token in self.begins.get(word, ())]

    def completing(self, wanted: Iterable[str], partial: str) -> list[int]:
        """Tokens that go on with the word under way (`partial`, may be empty) and make one of these words of it.

        >>> tokens = WordTokens.of(Vocabulary(lambda: ("read", "ing", " read", " reading"), frozenset()))
        >>> tokens.beginning(["reading"]), tokens.completing(["reading"], "read")
        ([3], [1])
        """
        ends = (word[len(partial) :] for word in wanted if word.startswith(partial) and word != partial)
        return [token for end in ends for token in self.goes_on.get(end, ())]


def _frozen(lists: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {word: tuple(tokens) for word, tokens in lists.items()}


def finished_words(text: str, partial: str) -> list[str]:
    """The words of a `plain` text without the one under way.

    >>> finished_words("i like rea", "rea")
    ['i', 'like']
    """
    return words(text[: len(text) - len(partial)])
