"""How much a speaker repeats: within one reply, and from one reply to the next."""

from __future__ import annotations

from collections.abc import Sequence

from personae.metrics.diversity import ngrams
from personae.metrics.text import TokeniserName, tokenise


def repetition_within(text: str, *, n: int = 3, tokeniser: TokeniserName = "unicode") -> float | None:
    """Share of a reply's n-grams that it has said before, 0 … 1; None when it is shorter than n tokens.

    >>> repetition_within("la la la la la")
    0.6666666666666667
    """
    grams = ngrams(tokenise(text, tokeniser), n)
    return 1 - len(set(grams)) / len(grams) if grams else None


def repetition_between(
    replies: Sequence[str], *, n: int = 3, tokeniser: TokeniserName = "unicode"
) -> list[float | None]:
    """For every reply, the share of its n-grams that some earlier reply holds, 0 … 1.

    None for the first reply, and for one shorter than n tokens: it had nothing to repeat, or nothing to repeat with.

    >>> repetition_between(["I like the sea", "I like the sea a lot", "No"])
    [None, 0.5, None]
    """
    heard: set[tuple[str, ...]] = set()
    shares: list[float | None] = []
    for index, reply in enumerate(replies):
        grams = ngrams(tokenise(reply, tokeniser), n)
        shares.append(sum(gram in heard for gram in grams) / len(grams) if grams and index else None)
        heard.update(grams)
    return shares


def longest_repeat(replies: Sequence[str], *, tokeniser: TokeniserName = "unicode") -> list[str]:
    """The longest run of tokens that is said twice, in one reply or in two; the first of equals, [] if none.

    >>> longest_repeat(["I come from the hills", "we come from the sea"])
    ['come', 'from', 'the']
    """
    lines = [tokenise(reply, tokeniser) for reply in replies]
    low, high = 0, max((len(line) for line in lines), default=0)
    found: tuple[str, ...] = ()
    while low < high:  # a repeated run of n tokens holds repeated runs of every shorter length
        middle = (low + high + 1) // 2
        repeat = _first_repeat(lines, middle)
        if repeat:
            low, found = middle, repeat
        else:
            high = middle - 1
    return list(found)


def _first_repeat(lines: Sequence[Sequence[str]], n: int) -> tuple[str, ...]:
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        for gram in ngrams(line, n):
            if gram in seen:
                return gram
            seen.add(gram)
    return ()
