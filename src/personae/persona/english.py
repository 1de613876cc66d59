"""Whether a text is English enough for rules made for English."""

from __future__ import annotations

import re
import unicodedata

from personae.metrics._english import FUNCTION
from personae.metrics.text import unicode_words

#: At most this much of a text is looked at, in characters.
LOOKED_AT = 5_000
#: Little words of German, Spanish, French, Portuguese, Italian and Dutch that English does not have.
_FOREIGN = frozenset(re.findall(r"\w+", """
    und der die das ist nicht sie er mit ein eine ich sich auf von den dem el los las que y es en una del con por su le
    les et est une des du il elle dans pour qui não uma os em é da do na e di che della gli un nel het een van ik niet
    zijn maar ook
""")) - FUNCTION  # fmt: skip


def not_english(text: str) -> str | None:
    """Why the rules would misread a text: another script, or another language's little words; None for English.

    Texts with few little words, such as lists, pass.

    >>> not_english("She lives in Porto and mends nets."), not_english("Likes: tea, maps.")
    (None, None)
    >>> not_english("Sie wohnt in Porto und mag den Regen nicht.")
    'it does not read like English'
    """
    text = text[:LOOKED_AT]
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and latin < 0.8 * len(letters):
        return "it is not in Latin script"
    words = unicode_words(text)
    foreign = sum(word in _FOREIGN for word in words)
    english = sum(word in FUNCTION for word in words)
    return "it does not read like English" if foreign >= 2 and foreign > english else None
