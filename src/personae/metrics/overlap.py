"""How much two texts share, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from personae.errors import UsageError
from personae.metrics.text import TokeniserName, tokenise


def unigram_f1(candidate: str, reference: str, *, tokeniser: TokeniserName = "personachat") -> float:
    """Harmonic mean of word precision and recall, 0 … 1, counting repeated words as often as both have them.

    A side without tokens shares nothing: 0.0. Two such sides have nothing to compare: UsageError.

    >>> round(unigram_f1("I like the sea", "we like the mountains"), 3)
    0.333
    """
    left, right = Counter(tokenise(candidate, tokeniser)), Counter(tokenise(reference, tokeniser))
    if not left and not right:
        raise UsageError(f"neither {candidate!r} nor {reference!r} has a token; leave the pair out and count it")
    shared = (left & right).total()
    return 2 * shared / (left.total() + right.total())


def best_f1(candidate: str, references: Sequence[str], *, tokeniser: TokeniserName = "personachat") -> float:
    """The F1 with the reference that is nearest; at least one reference is needed."""
    if not references:
        raise UsageError("no references to compare with")
    return max(unigram_f1(candidate, reference, tokeniser=tokeniser) for reference in references)
