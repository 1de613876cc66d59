"""A text in pieces that a reader can take in at once, cut where sentences end."""

from __future__ import annotations

import re

from personae.metrics.text import unicode_words
from personae.persona.tokens import estimate_tokens

#: Fewer words than this say too little about anybody (published studies use a hundred and more).
MIN_WORDS = 50
#: What a reader is shown at once (PsyCoT, 2023).
MAX_TOKENS = 3_200

_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+[\"'”’)\]]*|\n+|$)\s*")


def too_short(text: str, least: int = MIN_WORDS) -> str:
    """Why a text cannot be read for traits, or "".

    >>> too_short("I keep bees.")
    '3 words; 50 are needed to say something about their author'
    """
    count = len(unicode_words(text))
    return "" if count >= least else f"{count} words; {least} are needed to say something about their author"


def pieces(text: str, tokens: int = MAX_TOKENS) -> tuple[str, ...]:
    """The text in pieces of about equal length, none above `tokens` (estimated), parted between sentences.

    A sentence longer than that is parted between words. Blank text gives no piece.

    >>> pieces("One. Two. Three. Four.", tokens=5)
    ('One. Two.', 'Three. Four.')
    """
    if not text.strip():
        return ()
    units = [unit for sentence in _SENTENCE.findall(text) for unit in _cut(sentence, tokens)]
    costs = [estimate_tokens(unit) for unit in units]
    fewest = -(-sum(costs) // tokens)
    for count in range(max(1, fewest), len(units) + 1):  # the first size that leaves no scrap for the end
        found = _packed(units, costs, min(tokens, -(-sum(costs) // count) + max(costs)))
        if len(found) <= count:
            return found
    return _packed(units, costs, tokens)


def _packed(units: list[str], costs: list[int], size: int) -> tuple[str, ...]:
    """Neighbours put together until a piece would grow beyond `size`."""
    found, room = [""], size
    for unit, cost in zip(units, costs, strict=True):
        if cost > room and found[-1].strip():
            found.append("")
            room = size
        found[-1] += unit
        room -= cost
    return tuple(piece.strip() for piece in found if piece.strip())


def _cut(sentence: str, tokens: int) -> list[str]:
    """A sentence, or runs of its words where it is longer than a whole piece."""
    if estimate_tokens(sentence) <= tokens:
        return [sentence]
    found, room = [""], tokens
    for word in re.findall(r"\S{1,200}\s*", sentence):
        cost = estimate_tokens(word)
        if cost > room:
            found.append("")
            room = tokens
        found[-1] += word
        room -= cost
    return found
