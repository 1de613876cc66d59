"""Answers beside gold answers, word by word: the lexical score of LoCoMo by question code, and gold-word recall.

Evaluating Very Long-Term Conversational Memory of LLM Agents (LoCoMo, 2024). Codes are those of its repository:
1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial. Tables of mem0 and Zep name them otherwise, so
codes are printed, never names.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter

from personae.errors import UsageError
from personae.metrics.porter import stem

CODES = (1, 2, 3, 4, 5)
ADVERSARIAL = 5
#: What an answer says that declines an adversarial question; the only ones the published score knows.
DECLINED = ("no information available", "not mentioned")

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DROPPED = re.compile(r"\b(?:a|an|the|and)\b")


def answer_words(text: str) -> list[str]:
    """Stems of a text: commas and punctuation deleted, lower case, without a, an, the, and.

    >>> answer_words("She went to the, cafe!")
    ['she', 'went', 'to', 'cafe']
    """
    bare = text.replace(",", "").lower().translate(_PUNCTUATION)
    return [stem(word) for word in _DROPPED.sub(" ", bare).split()]


def token_f1(prediction: str, gold: str) -> float:
    """Harmonic mean of precision and recall of the words both have, repeats counted; 0 where they share none.

    >>> round(token_f1("7 May 2023", "on May 7, 2023"), 4)
    0.8571
    """
    said, true = Counter(answer_words(prediction)), Counter(answer_words(gold))
    shared = (said & true).total()
    return 2 * shared / (said.total() + true.total()) if shared else 0.0


def lexical_score(prediction: str, gold: str, code: int = 4) -> float:
    """The published score of an answer, 0 … 1, by the question's code.

    Code 1 cuts both sides at commas and takes the mean over parts of the gold of the best F1; code 3 takes the gold up
    to the first semicolon; code 5 looks only for `DECLINED`, whatever the gold; the rest is `token_f1`.
    Raises UsageError for an unknown code, and for an empty gold unless the code is 5.

    >>> lexical_score("hiking and cooking", "Cooking, skiing, hiking", 1) == (2 / 3 + 0 + 2 / 3) / 3
    True
    >>> lexical_score("That is not mentioned.", "", 5)
    1.0
    """
    if code not in CODES:
        raise UsageError(f"{code!r} is no code of a question; give one of {', '.join(map(str, CODES))}")
    if code == ADVERSARIAL:
        return float(any(phrase in prediction.lower() for phrase in DECLINED))
    _needed(gold)
    if code == 1:
        said = [part.strip() for part in prediction.split(",")]
        true = [part.strip() for part in gold.split(",") if answer_words(part)]
        return math.fsum(max(token_f1(one, part) for one in said) for part in true) / len(true)
    return token_f1(prediction, gold.split(";")[0].strip() if code == 3 else gold)


def gold_word_recall(prediction: str, gold: str) -> float:
    """The share of different words of the gold that the answer holds, 0 … 1; its other words cost nothing.

    >>> gold_word_recall("They met in May, in Rome.", "Rome in June")
    0.6666666666666666
    """
    _needed(gold)
    true = set(answer_words(gold))
    return len(true & set(answer_words(prediction))) / len(true)


def _needed(gold: str) -> None:
    if not answer_words(gold):
        raise UsageError(f"the gold answer {gold!r} has no word to look for; leave the question out and count it")
