"""How a text is cut into tokens, sentences and syllables. Every figure about words names its tokeniser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from personae.errors import UsageError

TokeniserName = Literal["whitespace", "words", "unicode", "personachat"]

_WORD = re.compile(r"[a-z0-9']+")
_UNICODE_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*(?=\s|$)|\n+|[。！？]")
_VOWELS = re.compile(r"[aeiouy]+")


def whitespace(text: str) -> list[str]:
    """What stands between blanks, unchanged."""
    return text.split()


def words(text: str) -> list[str]:
    """Lower-case runs of `[a-z0-9']`; typographic apostrophes are made plain, accented letters split a word.

    >>> words("I’m here – at 9!")
    ["i'm", 'here', 'at', '9']
    """
    return [word for word in _WORD.findall(text.lower().replace("’", "'")) if word.strip("'")]


def unicode_words(text: str) -> list[str]:
    """Lower-case words of any alphabet, digits and inner apostrophes included.

    >>> unicode_words("Já não sei, Ärger!")
    ['já', 'não', 'sei', 'ärger']
    """
    return [word.replace("’", "'") for word in _UNICODE_WORD.findall(text.lower())]


def personachat(text: str) -> list[str]:
    """The normalisation behind PersonaChat's F1: lower case, punctuation becomes a space, a, an, the are dropped.

    >>> personachat("I'm a stunt-double.")
    ['i', 'm', 'stunt', 'double']
    """
    return [word for word in _PUNCTUATION.sub(" ", text.lower()).split() if word not in ("a", "an", "the")]


TOKENISERS: dict[str, Callable[[str], list[str]]] = {
    "whitespace": whitespace,
    "words": words,
    "unicode": unicode_words,
    "personachat": personachat,
}


def tokenise(text: str, tokeniser: TokeniserName = "words") -> list[str]:
    """Tokens of the text by the named tokeniser; raises UsageError for a name that is not in `TOKENISERS`."""
    if tokeniser not in TOKENISERS:
        raise UsageError(f"unknown tokeniser {tokeniser!r}; choose one of {', '.join(TOKENISERS)}")
    return TOKENISERS[tokeniser](text)


def sentences(text: str) -> list[str]:
    """The text cut after . ! ? … and at line ends; pieces without a letter or digit do not count.

    >>> sentences("Well... I think so! Do you? ;)")
    ['Well', 'I think so', 'Do you']
    """
    pieces = (piece.strip() for piece in _SENTENCE_END.split(text))
    return [piece for piece in pieces if any(char.isalnum() for char in piece)]


def syllables(word: str) -> int:
    """Vowel clusters (a e i o u y) of a word, at least one.

    >>> [syllables(word) for word in ("cat", "about", "reading", "hmm")]
    [1, 2, 2, 1]
    """
    return max(1, len(_VOWELS.findall(word.lower())))
