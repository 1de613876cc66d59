"""Numbers in English texts, as figures, words or ordinals, and one put in another's place."""

from __future__ import annotations

import re

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_WORDS = {word: number for number, word in enumerate([*_ONES.split(), "seventeen", "eighteen", "nineteen"])}
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * n for n, word in enumerate(_DECADES.split(), 2)}
_TEN, _ONE = "|".join(_TENS), "one|two|three|four|five|six|seven|eight|nine"
_NUMBER = re.compile(
    rf"\b(?:(?P<figure>\d{{1,9}})(?P<ordinal>st|nd|rd|th)?|(?:{_TEN})(?:(?:\s?-\s?|\s)(?:{_ONE}))?|{'|'.join(_WORDS)})\b",
    re.IGNORECASE,
)


def numbers(text: str) -> list[re.Match[str]]:
    """Where numbers stand in a text.

    >>> [match.group() for match in numbers("I am fifty-five and had my 2nd of 10 cakes.")]
    ['fifty-five', '2nd', '10']
    """
    return list(_NUMBER.finditer(text))


def in_place_of(new: re.Match[str], old: re.Match[str]) -> str:
    """The new number, as an ordinal figure or with a capital where the old one was so.

    >>> in_place_of(numbers("I am twenty-two.")[0], numbers("my 18th")[0])
    '22nd'
    """
    if old["ordinal"]:
        return _ordinal(value(new))
    return new.group()[:1].upper() + new.group()[1:] if old.group()[:1].isupper() else new.group().lower()


def value(match: re.Match[str]) -> int:
    """What a found number says.

    >>> value(numbers("Fifty five")[0])
    55
    """
    if match["figure"]:
        return int(match["figure"])
    parts = re.split(r"[\s-]+", match.group().lower())
    return sum(_TENS.get(part, 0) or _WORDS.get(part, 0) for part in parts)


def _ordinal(number: int) -> str:
    special = 10 <= number % 100 <= 20
    return f"{number}{'th' if special else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
