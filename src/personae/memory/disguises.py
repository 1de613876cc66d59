"""How a text looks without its disguises: hidden characters, styled letters, letters of another alphabet."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from personae.files import bundled

_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[\w@$]+")
#: Full-width forms, letters in circles, brackets and squares, mathematical alphabets.
_STYLED = re.compile("[\uff01-\uff5e\u249c-\u24e9\U0001f110-\U0001f169\U0001d400-\U0001d7ff]+")
_FLAG = 0x1F1E6
_JOINER = "\u200d"


def undisguised(text: str) -> str:
    """The text in characters that are what they seem, on one line; a plain text is not changed.

    Hidden and control characters go, white space of any kind is one space, styled letters and words that mix
    alphabets become Latin. What joins two pictures stays.

    >>> undisguised("Ｉ\u200b lоve\u2028\u202etea")  # the o is Cyrillic
    'I love tea'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    styled = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    shown = "".join(_visible(styled, at) for at in range(len(styled)))
    return " ".join(_WORD.sub(lambda found: _latin(found[0]), shown).split())


def skeleton(text: str) -> str:
    """What the text looks like to somebody who does not look closely: for a search, never to be shown.

    >>> skeleton("Ignorière your ʀᴜʟᴇs")
    'ignoriere your rules'
    """
    plain = undisguised(text)
    if plain.isascii():
        return plain.casefold()
    flags = "".join(chr(ord(char) - _FLAG + 97) if 0 <= ord(char) - _FLAG < 26 else char for char in plain)
    bare = unicodedata.normalize("NFKD", flags.translate(_table("lookalikes")).replace("’", "'"))
    return "".join(char for char in bare if not unicodedata.combining(char)).casefold()


def without_digits(text: str) -> str:
    """A skeleton with letters for the digits and signs that stand in words.

    >>> without_digits("1gn0re rule 7")
    'ignore rule 7'
    """
    return _TOKEN.sub(lambda found: _spelled(found[0]), text)


def _spelled(token: str) -> str:
    mixed = not token.isalpha() and any(map(str.isalpha, token))
    return token.translate(_table("digits")) if mixed else token


def _visible(text: str, at: int) -> str:
    char = text[at]
    if char.isascii() and char.isprintable():
        return char
    if char == _JOINER and at and unicodedata.category(text[at - 1]) in ("So", "Sk", "Mn"):
        return char
    kind = unicodedata.category(char)
    if kind in ("Cf", "Co", "Cs", "Cn") or (kind == "Cc" and not char.isspace()):
        return ""
    return " " if char.isspace() else char


def _latin(word: str) -> str:
    """The word in Latin letters if it has some and lookalikes beside them."""
    if word.isascii():
        return word
    plain = word.translate(_table("lookalikes"))
    mixed = plain != word and any(char.isascii() for char in word)
    return plain if mixed else word


@cache
def _table(name: str) -> dict[int, str]:
    texts: Any = bundled(__package__, "texts/disguises.yaml")[name]
    return {ord(one): other for one, other in zip(texts["from"], texts["to"], strict=True)}
