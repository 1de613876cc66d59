"""Word-for-word likeness of two texts: BLEU and ROUGE-L. They see wording and order, not meaning or character."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from personae.errors import UsageError
from personae.metrics.text import TokeniserName, tokenise

Smoothing = Literal["none", "add one"]


def bleu(
    candidate: str,
    references: Sequence[str],
    *,
    longest: int = 4,
    smoothing: Smoothing = "none",
    tokeniser: TokeniserName = "unicode",
) -> float:
    """BLEU of one text against one or several references, 0 … 1 (Papineni et al. 2002).

    exp(min(0, 1 − r/c)) times the geometric mean of the clipped n-gram precisions, n = 1 … `longest`; r is the length
    of the reference nearest to the candidate's length c, the shorter of equally near ones. "add one" adds 1 to the
    counts of n ≥ 2 (Lin & Och 2004), without it a text that shares no n-gram of some length scores 0. Raises
    UsageError without references or for a candidate without tokens.

    >>> round(bleu("the cat sat on a mat", ["the cat sat on the mat"], longest=2), 4)
    0.7071
    """
    if longest < 1:
        raise UsageError(f"the longest n-gram has at least 1 word, got {longest!r}")
    said = tokenise(candidate, tokeniser)
    known = [tokenise(reference, tokeniser) for reference in references]
    if not said or not known:
        raise UsageError(f"nothing to compare: {len(said)} tokens against {len(known)} references")
    extra = 1 if smoothing == "add one" else 0
    precisions = []
    for n in range(1, longest + 1):
        shared, total = _clipped(said, known, n)
        more = extra if n > 1 else 0
        precisions.append((shared + more) / (total + more) if total + more else 0.0)
    if min(precisions) == 0:
        return 0.0
    nearest = min((len(reference) for reference in known), key=lambda length: (abs(length - len(said)), length))
    brevity = min(0.0, 1 - nearest / len(said))
    return math.exp(brevity + sum(map(math.log, precisions)) / longest)


def rouge_l(candidate: str, reference: str, *, tokeniser: TokeniserName = "unicode") -> float:
    """ROUGE-L: F1 of the longest common subsequence of words, 0 … 1 (Lin 2004, with β = 1).

    A side without tokens shares nothing: 0.0. Two such sides have nothing to compare: UsageError.

    >>> rouge_l("police kill the gunman", "police killed the gunman")
    0.75
    """
    said, known = tokenise(candidate, tokeniser), tokenise(reference, tokeniser)
    if not said and not known:
        raise UsageError(f"neither {candidate!r} nor {reference!r} has a token; leave the pair out and count it")
    return 2 * longest_common_subsequence(said, known) / (len(said) + len(known))


def longest_common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest sequence of words both have in this order, not necessarily side by side.

    Bit-parallel (Crochemore et al. 2001): one addition of long integers for each word of `right`.

    >>> longest_common_subsequence("a b c b d a b".split(), "b d c a b a".split())
    4
    """
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    everywhere = (1 << len(left)) - 1
    open_places = everywhere
    for word in right:
        matches = open_places & places.get(word, 0)
        open_places = ((open_places + matches) | (open_places - matches)) & everywhere
    return len(left) - open_places.bit_count()


def _clipped(said: Sequence[str], known: Sequence[Sequence[str]], n: int) -> tuple[int, int]:
    """How many n-grams of the text a reference has too, none counted more often than in it; and how many there are."""
    counts = _ngrams(said, n)
    most: Counter[tuple[str, ...]] = Counter()
    for reference in known:
        most |= _ngrams(reference, n)
    return (counts & most).total(), counts.total()


def _ngrams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[start : start + n]) for start in range(len(words) - n + 1))
