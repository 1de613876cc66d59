"""Offline proxies of four of the seven dimensions. They are not ratings, and are named as proxies wherever they appear.

length     max(0, 1 − |words − target|/target)                      1 at the target, ½ at half of it
formality  distance of two formality scores, 0 … 1; lower is better
callback   how far a reply bears on a fact of an earlier chat, 0 … 1
reference  share of what the user named that the reply takes up, 0 … 1
What cannot be had is None: no target, no words, nothing named, no earlier fact. English.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from personae.errors import UsageError
from personae.files import bundled
from personae.metrics._english import COGNITIVE, FUNCTION
from personae.metrics.text import sentences, words
from personae.types import PairScorer

#: A name or number counts as much as three other words.
NAMED = 3.0

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]|[:;]-?[)(DPp](?!\\w)")
_CONTRACTION = re.compile(r"\b\w+['’](?:s|m|re|ve|d|ll|t)\b", re.IGNORECASE)
_LOWER_START = re.compile(r"(?:^|[.!?…]\s+)(?=[a-z])|\bi\b(?!\.)")
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s", "y", "e")
#: Words that name nothing, beside function words.
_COMMON = FUNCTION | COGNITIVE


def length_fit(reply: str, target: int) -> float:
    """How near the reply's length in words is to the target, 0 … 1. Raises UsageError for a target below 1.

    >>> length_fit("one two three four", 4), length_fit("one two", 4), length_fit("", 4)
    (1.0, 0.5, 0.0)
    """
    if target < 1:
        raise UsageError(f"the target is {target!r} words; give 1 or more")
    return max(0.0, 1 - abs(len(reply.split()) - target) / target)


def formality(text: str) -> float | None:
    """How formal a text is, 0 … 1: contractions, slang, smileys, exclamations and lower-case starts make it casual,
    long words and courtesies formal. None for a text without words.

    >>> formality("I should be grateful for your assistance.") > formality("hey lol gonna be late!!")
    True
    """
    said = words(text)
    if not said:
        return None
    listed = bundled(__package__, "texts/formality.en.yaml")
    parts = max(1, len(sentences(text)))
    casual = sum(word in listed["casual"] for word in said) * 1.5 + len(_CONTRACTION.findall(text))
    casual += len(_EMOJI.findall(text)) + 0.5 * text.count("!") + 0.7 * len(_LOWER_START.findall(text))
    formal = 1.5 * sum(word in listed["formal"] for word in said) + 0.4 * sum(len(word) > 8 for word in said)
    per_sentence = (formal - casual) / parts + 0.04 * (len(said) / parts - 10)
    return (1 + math.tanh(per_sentence / 2)) / 2


def formality_gap(reply: str, user_texts: Sequence[str]) -> float | None:
    """How far the reply's formality is from the user's own, 0 … 1; lower fits better.

    >>> user = ["yo, gonna skate l8r lol"]
    >>> formality_gap("haha nice, have fun!", user) < formality_gap("I wish you a pleasant afternoon.", user)
    True
    """
    own, theirs = formality(reply), formality("\n".join(user_texts))
    return None if own is None or theirs is None else abs(own - theirs)


def reference(reply: str, user_text: str) -> float | None:
    """Share of what the user named that the reply takes up: names and numbers count most, other content words less.

    Words are compared without endings. What only "it" and "that" refer to is beyond this proxy.

    >>> reference("How is Runa doing at school?", "My sister Runa hates school.")
    0.666667
    """
    named = _named(user_text)
    if not named:
        return None
    taken = {_stem(word) for word in words(reply)} | {_stem(one.lower()) for one in _TOKEN.findall(reply)}
    return round(sum(weight for stem, weight in named.items() if stem in taken) / sum(named.values()), 6)


async def callback(reply: str, earlier_facts: Sequence[str], pairs: PairScorer) -> float | None:
    """The largest relevance of the reply to a fact told in an earlier chat, 0 … 1, by the pair scorer."""
    if not earlier_facts or not reply.strip():
        return None
    found = await pairs.relevance(list(earlier_facts), [reply] * len(earlier_facts), to="reply")
    return float(max(found))


def _named(text: str) -> dict[str, float]:
    """Stem → weight of what a text names. A capital inside a sentence, or a digit, makes a name."""
    found: dict[str, float] = {}
    common = bundled(__package__, "texts/formality.en.yaml")["common"]
    for sentence in sentences(text):
        for place, token in enumerate(_TOKEN.findall(sentence)):
            lower = token.lower().replace("’", "'")
            if lower in _COMMON or lower in common or (len(lower) < 3 and not any(char.isdigit() for char in lower)):
                continue
            name = any(char.isdigit() for char in token) or (place > 0 and token[0].isupper() and lower != "i")
            stem = _stem(lower)
            found[stem] = max(found.get(stem, 0.0), NAMED if name else 1.0)
    return found


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
