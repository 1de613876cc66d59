"""Which letter a spoken answer names: exactly one, or the reason why it is none. Nothing is guessed.

A published script took the option that lies nearest to an unreadable answer; such a guess would become data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_lowercase

from personae.models.scoring import looks_refused
from personae.types import Outcome

MAX_CHARS = 20_000

_BOXED = re.compile(r"\\boxed\{[ \t]{0,4}(?:\\text(?:bf)?\{)?[(\[]?[ \t]{0,4}([A-Za-z])[ \t]{0,4}[)\]]?\.?\}")
_ANY_BOX = re.compile(r"\\boxed\b")
_MARKED = re.compile(r"[(\[]\[?[ \t]{0,2}([A-Za-z])[ \t]{0,2}\]?[)\]]|(?<![\w'’])([A-Za-z])\)")
_ALONE = re.compile(r"[\s*_`\"“”'(\[]*([A-Za-z])[\s*_`\"“”')\].:!]*")
_LEAD = re.compile(
    r"\b(?:answer|option|choice|reply|pick|choose|take)\b(?:[ \t]{1,3}is\b)?[ \t]{0,3}:?[ \t*_`\"“(\[]{0,6}"
    r"([A-Za-z])(?![\w'’])",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\s{0,9}[*_]{0,3}([A-Za-z])[*_]{0,3}[.:][ \t]")
#: A letter by itself; "a" only where it can be no article.
_BARE = re.compile(
    r"(?<![\w'’(\[])(?:([B-HJ-Zb-hj-z])(?!\.[a-zA-Z])|(A)(?![ \t]{1,3}(?!or\b|and\b)[a-z])"
    r"|(a)(?=[ \t]{0,3}(?:[,/;.]|\Z|or\b|and\b)))(?![\w'’)\]])"
)
_ONLY_LETTERS = re.compile(r"(?:[A-Za-z]\b|or\b|and\b|both\b|either\b|[\s,/;.&*_]){1,40}", re.IGNORECASE)
_NOT = re.compile(
    r"(?:\b(?:not|never|neither|nor|except|without|than)|n['’]t)\b[ \t]{0,3}(?:option[ \t])?[(\[*_]{0,4}$", re.I
)


@dataclass(frozen=True, slots=True)
class Unread:
    """Why an answer names no option. `why` begins with "ambiguous" where it names several."""

    outcome: Outcome
    why: str


def read_letter(text: str, n: int) -> int | Unread:
    r"""The index of the one option an answer names by its letter, of `n`, or why there is none.

    Read are `(c)`, `c`, `[[C]]`, `c) …`, `C. …`, "the answer is c" and `\boxed{c}`; where something is boxed, only the
    boxes count. Two different letters are ambiguous; a letter that is only named to be denied ("not (b)") is no choice.

    >>> [read_letter(said, 4) for said in ("(c)", "c", r"So it is \boxed{C}.", "The answer is (c), for the view.")]
    [2, 2, 2, 2]
    >>> read_letter("(c), not (b)", 4).why, read_letter("Whatever they like.", 4).why
    ('ambiguous: it names b and c', 'it names no letter')
    """
    if not text.strip():
        return Unread("empty", "it is empty")
    if len(text) > MAX_CHARS:
        return Unread("unparsed", f"it has {len(text)} characters")
    letters = _boxed(text) if _ANY_BOX.search(text) else _named(text)
    if not letters:
        return Unread("refused", "it declines") if looks_refused(text) else Unread("unparsed", "it names no letter")
    if len(letters) > 1:
        return Unread("unparsed", f"ambiguous: it names {' and '.join(sorted(letters))}")
    letter = letters.pop()
    if (index := ascii_lowercase.index(letter)) >= n:
        return Unread("unparsed", f"the letter {letter!r} is no option")
    if _denied(text, letter):
        return Unread("unparsed", f"it only says what it is not: {letter}")
    return index


def _boxed(text: str) -> set[str]:
    return {letter.lower() for letter in _BOXED.findall(text)}


def _named(text: str) -> set[str]:
    """All letters an answer names. A bare one beside a marked one is another mention; bare ones alone name nothing."""
    if alone := _ALONE.fullmatch(text):
        return {alone[1].lower()}
    marked = {(match[1] or match[2]).lower() for match in _MARKED.finditer(text)}
    marked |= {match[1].lower() for match in _LEAD.finditer(text) if not _article(text, match)}
    if head := _HEAD.match(text):
        marked.add(head[1].lower())
    if not marked and not _ONLY_LETTERS.fullmatch(text):
        return set()
    return marked | {"".join(found).lower() for found in _BARE.findall(text)}


def _article(text: str, match: re.Match[str]) -> bool:
    """Whether what stands after "choose" is the word a, or I, and no letter."""
    follows = re.match(r"[ \t]{1,3}\w", text[match.end() : match.end() + 5])
    return match[1] in "aAiI" and follows is not None


def _denied(text: str, letter: str) -> bool:
    places = [match.start() for match in re.finditer(rf"(?<![\w'’])[(\[]{{0,2}}{letter}(?![\w'’])", text, re.I)]
    return bool(places) and all(_NOT.search(text[max(0, place - 30) : place]) for place in places)
