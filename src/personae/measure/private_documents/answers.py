"""Answers from private documents beside the truth: words shared, and words of what was true once.

Sets of lower-case words, as PersonaBench (2025) scores; a gold of several values is the words of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from personae.errors import UsageError
from personae.metrics.text import unicode_words


@dataclass(frozen=True, slots=True)
class WordScores:
    """Shares of words, 0 … 1: of the answer's that are true, of the true ones that it holds, and their harmonic mean.

    `stale` is the share of words of outdated values that it holds, leaving out words that are true as well; None where
    nothing is outdated.
    """

    precision: float
    recall: float
    f1: float
    stale: float | None = None


def word_scores(answer: str, gold: Iterable[str], outdated: Iterable[str] = ()) -> WordScores:
    """An answer beside its gold values. Raises UsageError for a gold without words.

    >>> word_scores("Green tea, matcha", ["green tea", "espresso"], ["matcha"])
    WordScores(precision=0.6666666666666666, recall=0.6666666666666666, f1=0.6666666666666666, stale=1.0)
    """
    values = list(gold)
    said, true = set(unicode_words(answer)), set(unicode_words(" ".join(values)))
    if not true:
        raise UsageError(f"the gold answer {values!r} has no word; leave the question out and count it")
    old = set(unicode_words(" ".join(outdated))) - true
    shared = len(said & true)
    precision, recall = (shared / len(said) if said else 0.0), shared / len(true)
    f1 = 2 * precision * recall / (precision + recall) if shared else 0.0
    return WordScores(precision, recall, f1, len(said & old) / len(old) if old else None)
