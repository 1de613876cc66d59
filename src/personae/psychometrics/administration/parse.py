"""From what a model said to the option it chose, or why it chose none. Strict: rather "unparsed" than a guess.

An option is shown with a symbol ("3", "C") or by its words alone. In this order a reply is
    an option and nothing else → refused → several options → a symbol first → words first, the longest before its
    parts → one option anywhere → unparsed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from personae.errors import UsageError
from personae.psychometrics.administration.refusals import refusal
from personae.types import Outcome

#: Of a longer reply only so much is read.
MAX_CHARS = 8_000

_OPENING = r"^[\s*_`\"'“”‘’>\[({#-]*"
_DECORATION = " \t\r\n*_`\"'“”‘’.!#>"
_LEAD = re.compile(
    r"^[\s*_`\"'“”>#]*(?:(?:(?:my|the|final)\s+){0,2}(?:answer|choice|option|rating|response|reply|label)"
    r"\s*(?:(?:is|would be)\b\s*)?[:=]?\s*"
    r"|i(?:['’]d|\s+(?:would|do|will|must))?\s+(?:(?:say|answer|choose|pick|select|reply)\b[\s:]*(?:with\b[\s:]*)?)?(?:that\s+i\s+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Options:
    """The options of one question, in the scale's own order: their words, and the symbol each is shown with.

    Raises `UsageError` for fewer than two, unequal numbers, or words or symbols that are equal once case, spaces and
    punctuation are left out.

    >>> Options(("No", "no. "))
    Traceback (most recent call last):
    personae.errors.UsageError: the labels 'No' and 'no. ' are the same once case, spaces and punctuation are left out
    """

    words: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    _known: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.words) < 2 or (self.symbols and len(self.symbols) != len(self.words)):
            raise UsageError(
                f"{list(self.words)!r} with {list(self.symbols)!r}: give two or more labels, a symbol each"
            )
        for labels in (self.words, self.symbols):
            _distinct(labels)
        names = {plain(word): index for index, word in enumerate(self.words)}
        for index, symbol in enumerate(self.symbols):
            if names.setdefault(plain(symbol), index) != index:
                raise UsageError(f"{symbol!r} is the symbol of one option and the words of another; take other labels")
        object.__setattr__(self, "_known", names)

    def exactly(self, text: str) -> int | None:
        """The option a reply is, with nothing beside it: its symbol, its words, or both."""
        said = plain(text)
        if said in self._known:
            return self._known[said]
        symbol, _, words = said.partition(" ")
        if self.symbols and self._known.get(symbol) is not None and self._known.get(words) == self._known[symbol]:
            return self._known[symbol]
        return None

    @cached_property
    def says_no(self) -> bool:
        """Whether an option begins with "no", so that a reply that does is no refusal."""
        return any(re.match(r"no\b", word.strip(), re.IGNORECASE) for word in self.words)

    @cached_property
    def leading(self) -> re.Pattern[str]:
        """A symbol at the start, closed by a bracket, point, dash or the end of its line; "3-4" and "3.5" are none."""
        symbols = _any(self.symbols)
        closed = r"(?=\s*[)\]}.:,;=*–—-]|\s*$|\s*\n)"
        return re.compile(rf"{_OPENING}({symbols}){closed}(?!\s*[.,/–—-]+\s*(?:\d|(?:{symbols})(?!\w)))", re.IGNORECASE)

    @cached_property
    def marked(self) -> re.Pattern[str]:
        """A symbol anywhere that is marked as one: "3)", "[3]", "option 3"; or followed by its own words."""
        own = "|".join(
            rf"{re.escape(symbol)}[\s.,:=–—-]{{1,4}}[\"'“”*]?{_flexible(word)}\b"
            for symbol, word in zip(self.symbols, self.words, strict=True)
        )
        symbols = _any(self.symbols)
        named = rf"(?:option|number|choice)\s+[\"'“(]?({symbols})(?!\w)"
        return re.compile(rf"(?<![\w.])(?:({symbols})\)|[(\[]({symbols})[)\]]|{named}|({own}))", re.IGNORECASE)

    @cached_property
    def worded(self) -> re.Pattern[str]:
        """The words of an option anywhere, the longest first."""
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(_flexible, _longest_first(self.words)))})(?!\w)", re.IGNORECASE)

    def of_words(self, text: str) -> int:
        """The option of words that `worded` found."""
        return self._known[plain(text)]

    def of_symbol(self, text: str) -> int:
        """The option of a symbol, also where its words follow."""
        return self._known[plain(text)] if plain(text) in self._known else self._known[plain(text).split(" ")[0]]


def read_choice(text: str, options: Options) -> int | Outcome:
    """Index of the option a reply chose, or "empty", "refused" or "unparsed".

    >>> options = Options(("strongly disagree", "disagree", "agree", "strongly agree"), ("1", "2", "3", "4"))
    >>> [read_choice(said, options) for said in ("3) agree", "Strongly agree.", "I say: 2)", "1) or 2)", "As an AI")]
    [2, 3, 1, 'unparsed', 'refused']
    """
    text = text[:MAX_CHARS]
    if not text.strip():
        return "empty"
    for candidate in _candidates(text):
        exact = options.exactly(candidate)
        if exact is not None:
            return exact
    if refusal(text, no=not options.says_no):
        return "refused"
    named = _named(text, options)
    if len(named) > 1:
        return "unparsed"
    body = _LEAD.sub("", text, count=1)
    lead = _leading(body, options)
    if lead is not None:
        return lead
    return named.pop() if named else "unparsed"


def _named(text: str, options: Options) -> set[int]:
    """The options named anywhere: by marked symbols where there are symbols, else by their words."""
    if not options.symbols:
        return {options.of_words(found[0]) for found in options.worded.finditer(text)}
    hits = options.marked.finditer(text)
    return {options.of_symbol(next(group for group in found.groups() if group)) for found in hits}


def _leading(body: str, options: Options) -> int | Outcome | None:
    """The option a reply opens with; "unparsed" where a symbol is followed by the words of another option."""
    opening = re.match(_OPENING, body)
    start = opening.end() if opening else 0
    if options.symbols and (found := options.leading.match(body)):
        index = options.of_symbol(found[1])
        rest = body[found.end() :].lstrip(" \t)]}.:,;=*–—-\"'“”")
        words = options.worded.match(rest)
        return "unparsed" if words and options.of_words(words[0]) != index else index
    words = options.worded.match(body, start)
    return options.of_words(words[0]) if words else None


def _candidates(text: str) -> tuple[str, ...]:
    """The reply, and the reply without a lead such as "My answer is"."""
    bare = text.strip(_DECORATION)
    return (bare, _LEAD.sub("", bare, count=1)) if _LEAD.match(bare) else (bare,)


def plain(label: str) -> str:
    """A label without case, punctuation and double spaces.

    >>> plain(" Strongly  Agree! "), plain("3) Agree")
    ('strongly agree', '3 agree')
    """
    kept = "".join(letter if letter.isalnum() or letter in "'’%+<>" else " " for letter in label.casefold())
    return " ".join(kept.split())


def _distinct(labels: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for label in labels:
        key = plain(label)
        if not key:
            raise UsageError(f"the label {label!r} has no letter or digit to be known by")
        if key in seen:
            raise UsageError(
                f"the labels {seen[key]!r} and {label!r} are the same once case, spaces and punctuation are left out"
            )
        seen[key] = label


def _longest_first(labels: Sequence[str]) -> list[str]:
    return sorted(labels, key=lambda label: (-len(plain(label)), label))


def _any(symbols: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(symbols, key=len, reverse=True)))


def _flexible(label: str) -> str:
    """The pattern of a label's words with any space or punctuation between them."""
    return r"[\s\W_]{1,3}".join(map(re.escape, plain(label).split(" ")))
