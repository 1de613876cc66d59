"""Which of several choices does a reply name? Whole words, the longest choice first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Class = Literal["faithful", "distracted", "invalid"]

#: A reply longer than this is no choice.
MAX_CHARS = 4_000
_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_ACTION = re.compile(r"^[ \t*_>#-]{0,8}action[ \t*_]{0,4}:(.*)$", re.IGNORECASE | re.MULTILINE)


def tokens(text: str) -> tuple[str, ...]:
    """Words, case and punctuation aside.

    >>> tokens("[Choose 9:14]")
    ('choose', '9', '14')
    """
    return tuple(_TOKEN.findall(text.casefold().replace("’", "'")))


def named(reply: str, choices: Sequence[str]) -> set[str]:
    """The choices a reply names, as whole words; words that belong to a longer choice count for that one only.

    >>> sorted(named("I would open the buying guide.", ["buy", "buying guide", "guide"]))
    ['buying guide']
    """
    said = list(tokens(reply[:MAX_CHARS]))
    found = set()
    for choice in sorted(choices, key=lambda each: -len(tokens(each))):
        words = list(tokens(choice))
        for at in range(len(said) - len(words) + 1):
            if words and said[at : at + len(words)] == words:
                said[at : at + len(words)] = [""] * len(words)
                found.add(choice)
    return found


def action(reply: str, *, needed: bool = False) -> str | None:
    """What follows the last "Action:" at the start of a line; without one the whole reply, or None where it is needed.

    >>> action("The form is done.\\nAction: Hand in the form")
    'Hand in the form'
    """
    lines = _ACTION.findall(reply[:MAX_CHARS])
    if lines:
        return str(lines[-1]).strip()
    return None if needed else reply


def classed(reply: str, gold: Sequence[str], bad: Sequence[str], other: Sequence[str] = ()) -> Class:
    """What a reply does: names what serves the goal, or what draws away from it; neither and both are invalid.

    >>> classed("Add to basket", ["Add to basket"], ["Spin the wheel"])
    'faithful'
    >>> classed("Spin the wheel, then add to basket", ["Add to basket"], ["Spin the wheel"])
    'invalid'
    """
    found = named(reply, [*gold, *bad, *other])
    serves, draws = bool(found & set(gold)), bool(found & set(bad))
    if serves == draws:
        return "invalid"
    return "faithful" if serves else "distracted"
