"""How varied a collection of texts is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from personae.errors import UsageError
from personae.metrics.text import TokeniserName, tokenise

#: Vocabulary size behind the published EAD figures.
EAD_VOCABULARY = 54_956


def ngrams(tokens: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """Runs of `n` neighbouring tokens, in order."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def distinct(texts: Sequence[str], n: int = 1, *, tokeniser: TokeniserName = "whitespace") -> float:
    """Distinct-n (Li et al. 2016): different n-grams divided by all n-grams, over the whole collection, 0 … 1.

    It falls with the size of the collection: compare collections of one size only, or use `ead`.
    Raises UsageError when there is no n-gram.

    >>> distinct(["a b a", "b c"])
    0.6
    """
    if n < 1:
        raise UsageError(f"n-grams of length {n!r}; give n ≥ 1")
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in texts:
        grams = ngrams(tokenise(text, tokeniser), n)
        seen.update(grams)
        total += len(grams)
    if not total:
        raise UsageError(f"no text has {n} tokens in a row; nothing to count")
    return len(seen) / total


def ead(n_distinct: int, n_tokens: int, *, vocabulary: int = EAD_VOCABULARY) -> float:
    """Expectation-adjusted distinct (Liu et al. 2022): N / (V·(1 − ((V − 1)/V)^C)).

    N distinct tokens among C, relative to what C draws from V equally likely words would give.

    >>> round(ead(100, 1000), 5)
    0.10091
    """
    if not 0 < n_distinct <= n_tokens or vocabulary < 2:
        raise UsageError(f"{n_distinct!r} distinct of {n_tokens!r} tokens, vocabulary {vocabulary!r}")
    expected = -vocabulary * math.expm1(n_tokens * math.log1p(-1.0 / vocabulary))
    return n_distinct / expected
