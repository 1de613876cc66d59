"""English number words from ten to ninety-nine, as ages are written out with them."""

from __future__ import annotations

import re

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBER = re.compile(
    rf"(?<![\w-])(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<ones>{'|'.join(_ONES)}))?"
    rf"|(?P<teens>{'|'.join(_TEENS)}))(?![\w-])",
    re.IGNORECASE,
)


def digits(text: str) -> str:
    """The text with number words from ten to ninety-nine as digits.

    >>> digits("Forty-two, I think; my son is twelve.")
    '42, I think; my son is 12.'
    """
    return _NUMBER.sub(lambda found: str(_value(found)), text)


def _value(found: re.Match[str]) -> int:
    if found["teens"]:
        return 10 + _TEENS.index(found["teens"].lower())
    tens = 20 + 10 * _TENS.index(found["tens"].lower())
    return tens + (_ONES.index(found["ones"].lower()) + 1 if found["ones"] else 0)
