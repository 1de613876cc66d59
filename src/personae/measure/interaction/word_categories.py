"""How often a text uses each kind of function word. The default features of recoverability; no foreign word list."""

from __future__ import annotations

from functools import cache

import numpy as np

from personae.errors import UsageError
from personae.measure.interaction.texts import texts
from personae.metrics.text import words
from personae.stats.intervals import FloatArray


@cache
def categories(language: str = "en") -> dict[str, frozenset[str]]:
    """Kind of word → its words. Raises UsageError for a language we have no list for.

    >>> len(categories()), "the" in categories()["articles"]
    (30, True)
    """
    if language.lower().partition("-")[0] != "en":
        raise UsageError(f"there is no list of function words for {language!r}; give features of your own")
    return {kind: frozenset(listed.split()) for kind, listed in texts("function_words").items()}


def function_word_counts(text: str, *, language: str = "en") -> FloatArray:
    """How many words of each kind a text has, in the order of `categories`; shape (30,).

    Counts, as in the source, not shares: how much somebody writes is part of how they write.

    >>> dict(zip(categories(), function_word_counts("I met her; the others left.").tolist()))["third_singular"]
    1.0
    """
    said = words(text)
    return np.array([sum(word in listed for word in said) for listed in categories(language).values()], dtype=float)
