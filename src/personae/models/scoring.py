"""Which of several answers a model prefers, when whole answers cannot be scored token by token.

Two ways, both pure functions around one prompt: the options are listed with letters; then either the probabilities
of the letters are read ("letters"), or the model's reply is parsed ("parsed"). The parser is strict: it would rather
say "unparsed" than guess, because a guess would become data.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from personae.errors import UsageError
from personae.types import Completion, Message, OptionScores, Outcome, Usage

_MARKED = re.compile(r"\[\[\s*([A-Za-z])\s*\]\]")
_LETTER = re.compile(r"[(\[]?([A-Za-z])[)\]]?[.:]?")
_LETTER_AND_TEXT = re.compile(r"[(\[]?([A-Za-z])(?:[)\]]|[.:]|[)\]][.:])\s+(\S.*)")
_LEAD = re.compile(r"(?:(?:my|the|final)\s+){0,2}(?:answer|choice|option)\s*(?:is\b\s*)?:?\s*", re.IGNORECASE)
_REFUSAL = re.compile(
    r"^\W*(?:(?:(?:i am|i'm|i’m)\s+(?:(?:so|very|really)\s+)?)?sorry,?\s+(?:but\s+)?|unfortunately,?\s+)?"
    r"(?:i (?:can(?:no|')t|can’t|can not|won't|won’t|will not|must decline|refuse|decline)\b"
    r"|i(?:'m| am|’m) (?:not able|unable|not allowed)\b"
    r"|as an? (?:ai|artificial intelligence|language model)\b)",
    re.IGNORECASE,
)
_FREE = Usage()


def check_options(options: Sequence[str]) -> None:
    """Raise `UsageError` unless there are at least two options, distinct and non-empty.

    >>> check_options(["Yes", "No"])
    """
    if isinstance(options, str) or len(options) < 2:
        raise UsageError(f"scoring needs at least two options, got {options!r}")
    if any(not option.strip() for option in options):
        raise UsageError(f"an option is empty in {list(options)!r}; give every option a text")
    if len(set(options)) != len(options):
        raise UsageError(f"options must differ from each other, got {list(options)!r}")


def letters_prompt(messages: Sequence[Message], options: Sequence[str]) -> tuple[Message, ...]:
    """The conversation, its last user turn followed by the lettered options and the request to name one letter.

    A user turn is added when the conversation does not end with one. Raises `UsageError` for more than 26 options.

    >>> print(letters_prompt([Message("user", "Tea or coffee?")], ["Tea", "Coffee"])[-1].content)
    Tea or coffee?
    <BLANKLINE>
    A. Tea
    B. Coffee
    <BLANKLINE>
    Reply with one letter only: A or B.
    """
    check_options(options)
    if len(options) > len(ascii_uppercase):
        raise UsageError(f"letters go up to 26 options, got {len(options)}; ask in smaller groups")
    letters = ascii_uppercase[: len(options)]
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip(letters, options, strict=True))
    ask = f"{listed}\n\nReply with one letter only: {', '.join(letters[:-1])} or {letters[-1]}."
    if messages and messages[-1].role == "user":
        last = messages[-1]
        return (*messages[:-1], dataclasses.replace(last, content=f"{last.content}\n\n{ask}"))
    return (*messages, Message("user", ask))


def parse_choice(text: str, options: Sequence[str]) -> int | Outcome:
    """Index of the option a reply names, or why there is none: "empty", "refused" or "unparsed".

    Accepted: `B`, `B.`, `(b)`, `[[B]]` once anywhere, the exact option text, letter and text together (`B. Coffee`),
    each also after "Answer:" or "The answer is". Two different choices, or a letter whose text belongs to another
    option, are "unparsed".

    >>> options = ["Tea", "Coffee"]
    >>> [parse_choice(text, options) for text in ("(b)", "Coffee.", "A. Tea", "A. Coffee", "I'm sorry, I can't.", "")]
    [1, 1, 0, 'unparsed', 'refused', 'empty']
    """
    if not text.strip():
        return "empty"
    named = {_index(letter, options) for letter in _MARKED.findall(text)}
    if named:
        only = named.pop()
        return "unparsed" if named or only is None else only
    for candidate in _candidates(text):
        choice = _choice(candidate, options)
        if choice is not None:
            return choice
    return "refused" if looks_refused(text) else "unparsed"


def looks_refused(text: str) -> bool:
    """Whether a reply opens by declining. English only; meant for replies that carry no readable choice.

    >>> looks_refused("I'm sorry, but I can't help with that."), looks_refused("I can help.")
    (True, False)
    """
    return _REFUSAL.match(text) is not None


def scores_from_top_logprobs(top: Mapping[str, float], n: int) -> tuple[float, ...]:
    """Log-probabilities of the letters A, B, … (n of them) among the most likely first tokens.

    `top` maps token texts to natural-log probabilities. The tokens "B", " B", "b", "(B" are one letter: their
    probabilities add up. A letter outside the given top is `-inf`; nothing is renormalised.

    >>> scores_from_top_logprobs({"A": -1.0, "B": -2.0, "Well": -3.0}, 3)
    (-1.0, -2.0, -inf)
    """
    found: list[list[float]] = [[] for _ in range(n)]
    for token, logprob in top.items():
        letter = token.strip(" \t\n(['\"*").upper()
        index = ascii_uppercase.find(letter) if len(letter) == 1 else -1
        if 0 <= index < n:
            found[index].append(logprob)
    return tuple(_log_sum_exp(logprobs) for logprobs in found)


def letter_scores(top: Mapping[str, float], n: int, usage: Usage = _FREE) -> OptionScores:
    """`OptionScores` by letters; outcome "unparsed" when no letter is among the likely tokens.

    >>> letter_scores({"B": -0.1, "A": -2.5}, 2).best()
    1
    """
    scores = scores_from_top_logprobs(top, n)
    outcome: Outcome = "unparsed" if all(score == -math.inf for score in scores) else "answered"
    return OptionScores(tuple(min(score, 0.0) for score in scores), (1,) * n, "letters", outcome, usage)


def parsed_scores(reply: Completion, options: Sequence[str]) -> OptionScores:
    """`OptionScores` from a reply to `letters_prompt`: 0.0 for the chosen option, `-inf` for the others.

    >>> parsed_scores(Completion("B"), ["Tea", "Coffee"]).logprobs
    (-inf, 0.0)
    """
    choice = "refused" if reply.outcome == "refused" else parse_choice(reply.text, options)
    if choice == "unparsed" and reply.outcome == "truncated":
        choice = "truncated"
    outcome: Outcome = choice if isinstance(choice, str) else "answered"
    logprobs = tuple(0.0 if index == choice else -math.inf for index in range(len(options)))
    return OptionScores(logprobs, (1,) * len(options), "parsed", outcome, reply.usage)


def _candidates(text: str) -> list[str]:
    """The whole reply and its first line, each also without a lead such as "The answer is"."""
    whole = text.strip().strip("*_`\"“”' ")
    first = whole.splitlines()[0].strip().strip("*_`\"“”' ") if whole else ""
    stripped = [_LEAD.sub("", part, count=1) if _LEAD.match(part) else part for part in (whole, first)]
    return list(dict.fromkeys((whole, first, *stripped)))


def _choice(candidate: str, options: Sequence[str]) -> int | Outcome | None:
    """What one candidate says: an index, "unparsed" for a contradiction, None for nothing."""
    meant = {index for index, option in enumerate(options) if _plain(option) == _plain(candidate)}
    if letter := _LETTER.fullmatch(candidate):
        index = _index(letter[1], options)
        if index is not None:
            meant.add(index)
    elif not meant and (both := _LETTER_AND_TEXT.fullmatch(candidate)):
        index = _index(both[1], options)
        same = index is not None and _plain(options[index]) == _plain(both[2])
        if same:
            return index
        return "unparsed" if any(_plain(option) == _plain(both[2]) for option in options) else None
    if len(meant) > 1:
        return "unparsed"
    return meant.pop() if meant else None


def _index(letter: str, options: Sequence[str]) -> int | None:
    index = ascii_uppercase.index(letter.upper())
    return index if index < len(options) else None


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .!\"“”'*_`").casefold()


def _log_sum_exp(logprobs: Sequence[float]) -> float:
    if not logprobs:
        return -math.inf
    top = max(logprobs)
    if top == -math.inf or len(logprobs) == 1:
        return top
    return top + math.log(sum(math.exp(logprob - top) for logprob in logprobs))
