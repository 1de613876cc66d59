"""Does a key occur in a text? Plain keys, whole words, and regular expressions from strangers.

Python's `re` knows no time limit, so a stranger's pattern is bounded before it runs:

* patterns longer than `MAX_PATTERN` characters are not tried;
* a repeat inside a repeat, or a repeated choice whose branches may begin alike, is not tried (exponential time);
* more than `MAX_OPEN_REPEATS` open repeats are not tried; fewer search the text in windows with half overlap that
  shrink with their number (`WINDOWS`), so that polynomial time stays small. A match longer than half a window
  may be missed.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any

MAX_PATTERN = 1_000
MAX_OPEN_REPEATS = 3
#: Characters searched at once, by the number of open repeats in the pattern.
WINDOWS = (20_000, 2_000, 300, 80)
#: Characters of one text that a regular expression reads, from its end.
MAX_TEXT = 20_000
#: A repeat with at most this many rounds counts as closed.
_CLOSED = 8

_SLASHED = re.compile(r"/(?P<pattern>.+)/(?P<flags>[a-z]*)", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "u": 0, "g": 0, "y": 0, "v": 0, "d": 0}


@dataclass(frozen=True)
class Text:
    """A text to search, and where it comes from: a message or an entry."""

    content: str
    message: int | None = None
    entry: int | None = None
    folded: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", self.content.lower())


@dataclass(frozen=True, slots=True)
class PlainKey:
    """A key read letter by letter. A whole-word key of several words is still a substring, as in SillyTavern."""

    key: str
    case_sensitive: bool = False
    whole_word: bool = False
    needle: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needle", self.key if self.case_sensitive else self.key.lower())

    def found_in(self, text: Text) -> bool:
        """Whether the key occurs.

        >>> PlainKey("key", whole_word=True).found_in(Text("A monkey."))
        False
        """
        content = text.content if self.case_sensitive else text.folded
        if not self.needle or self.needle not in content:
            return False
        if not self.whole_word or len(self.needle.split()) > 1:
            return True
        return re.search(rf"(?:^|\W){re.escape(self.needle)}(?:$|\W)", content) is not None


@dataclass(frozen=True, slots=True)
class PatternKey:
    """A key that is a regular expression. `fault` says why it never matches, if so."""

    key: str
    pattern: re.Pattern[str] | None = None
    open_repeats: int = 0
    fault: str | None = None

    def found_in(self, text: Text) -> bool:
        """Whether the pattern matches somewhere in the last `MAX_TEXT` characters."""
        if self.pattern is None:
            return False
        pattern = self.pattern
        return any(pattern.search(window) for window in _windows(text.content, WINDOWS[self.open_repeats]))


Key = PlainKey | PatternKey


def is_slashed(key: str) -> bool:
    """Whether a key is written `/pattern/flags` with flags that exist."""
    match = _SLASHED.fullmatch(key)
    return match is not None and set(match["flags"]) <= set(_FLAGS)


def compile_pattern(key: str, *, case_sensitive: bool = True) -> PatternKey:
    r"""A regular expression, bare or as `/pattern/flags`; what cannot or must not run becomes a fault.

    >>> compile_pattern(r"/\bfog(gy)?\b/i").found_in(Text("A Foggy day"))
    True
    >>> compile_pattern("(bad[").fault
    'invalid regex'
    >>> compile_pattern("(a+)+b").fault
    'regex not tried: a repeat inside a repeat'
    """
    source, flags = key, 0 if case_sensitive else re.IGNORECASE
    if is_slashed(key) and (match := _SLASHED.fullmatch(key)):
        source = match["pattern"].replace("\\/", "/")
        flags = 0
        for letter in match["flags"]:
            flags |= _FLAGS[letter]
    source = source.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")
    if len(source) > MAX_PATTERN:
        return PatternKey(key, fault="regex not tried: too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            open_repeats = _open_repeats(regex_parser.parse(source, flags))
            if open_repeats > MAX_OPEN_REPEATS:
                return PatternKey(key, fault="regex not tried: too many open repeats")
            return PatternKey(key, re.compile(source, flags), open_repeats)
    except _Catastrophic as danger:
        return PatternKey(key, fault=f"regex not tried: {danger}")
    except (re.error, OverflowError, RecursionError, ValueError):
        return PatternKey(key, fault="invalid regex")


def first_found(keys: Sequence[Key], text: Text) -> str | None:
    """The first key that occurs in the text."""
    for key in keys:
        if key.found_in(text):
            return key.key
    return None


def _windows(text: str, size: int) -> Iterator[str]:
    text = text[-MAX_TEXT:]
    if len(text) <= size:
        yield text
        return
    for start in range(0, len(text) - size // 2, size // 2):
        yield text[start : start + size]


class _Catastrophic(Exception):
    """A pattern that may take exponential time."""


def _open_repeats(nodes: Any, repeated: bool = False) -> int:
    """How many repeats without a small upper bound a parsed pattern has."""
    total = 0
    for operation, argument in nodes:
        name = str(operation)
        if name.endswith("_REPEAT"):
            low, high, body = argument
            many = high > 1
            if repeated and many and low != high:
                raise _Catastrophic("a repeat inside a repeat")
            total += (high > _CLOSED) + _open_repeats(body, repeated or many)
        elif name == "BRANCH":
            if repeated and not _begin_differently(argument[1]):
                raise _Catastrophic("a repeated choice that may begin alike")
            total += max(_open_repeats(branch, repeated) for branch in argument[1])
        else:
            total += sum(_open_repeats(part, repeated) for part in _parts(argument))
    return total


def _parts(argument: Any) -> Iterator[Any]:
    """The sub-patterns among a node's arguments."""
    for part in argument if isinstance(argument, tuple) else (argument,):
        if isinstance(part, regex_parser.SubPattern):
            yield part


def _begin_differently(branches: Sequence[Any]) -> bool:
    letters = [chr(branch[0][1]).lower() for branch in branches if len(branch) and str(branch[0][0]) == "LITERAL"]
    return len(letters) == len(branches) == len(set(letters))
