"""How an answer is had: log-probabilities of the letters, words, probabilities in JSON, or options scored whole."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from string import ascii_uppercase
from typing import Any, Literal

from personae.errors import BadResponse, UsageError
from personae.files import bundled
from personae.models.scoring import letters_prompt, looks_refused, parsed_scores
from personae.types import Completion, Message, Model, OptionScores, Outcome, Settings, Usage

#: "letters"  the options are listed, and the probabilities of their letters are taken (whatever way the model offers:
#:            exact, its likely first tokens, or its parsed answer)
#: "spoken"   the options are listed, and the letter is read from what the model says
#: "shares"   the options are listed, and the model gives each a probability, as JSON
#: "whole"    the options are not listed where the model can score them whole; else as "letters"
Way = Literal["letters", "spoken", "shares", "whole"]

SPOKEN = Settings(temperature=0.0, top_p=1.0, max_tokens=64)
SHARES = Settings(temperature=0.0, top_p=1.0, max_tokens=512)
#: How often an answer that is no distribution is asked for again (PersonaEval, 2025).
REASKED = 5
SUM_TOLERANCE = 1e-5
MAX_CHARS = 20_000

_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question in one order. `scores` is in the order shown, and `order[place]` the option there.

    `again` holds how earlier attempts ended, and `why` what was wrong with the last one.
    """

    scores: OptionScores
    order: tuple[int, ...] = ()
    again: tuple[Outcome, ...] = ()
    why: str = ""

    @property
    def shares(self) -> tuple[float, ...]:
        """A probability for each place, summing to 1; empty where there is no answer."""
        values = self.scores.per_token if self.scores.method == "exact" else self.scores.logprobs
        if self.scores.best() is None:
            return ()
        top = max(values)
        weights = [math.exp(value - top) for value in values]
        return tuple(weight / math.fsum(weights) for weight in weights)

    @property
    def by_option(self) -> tuple[float, ...]:
        """`shares` in the question's own order."""
        shares = self.shares
        return tuple(shares[place] for place in _places(self.order)) if shares else ()

    @property
    def outcome(self) -> Outcome:
        """How it ended; an answer in which no option has any probability is "unparsed"."""
        return "unparsed" if self.scores.outcome == "answered" and not self.shares else self.scores.outcome


#: One question in one order: the prompt without its options, and the options as they are shown.
Put = Callable[[Sequence[Message], Sequence[str]], Awaitable[Answer]]


async def opened(model: Model, way: Way) -> Put:
    """How to put questions to this model in this way.

    For "letters" the model is first asked one small question, to learn by which method it scores.
    """
    if way == "spoken":
        return partial(_spoken, model)
    if way == "shares":
        return partial(_shares, model)
    if way == "letters":
        probe = texts()["probe"]
        known = await model.logprobs([Message("user", probe["question"])], probe["options"])
        return partial(_lettered if known.method == "exact" else _whole, model)
    if way == "whole":
        return partial(_whole, model)
    raise UsageError(f"unknown way {way!r} to answer; known are letters, spoken, shares and whole")


def failed(options: Sequence[str], error: BadResponse) -> Answer:
    """The answer of a call that gave none."""
    return Answer(_missing(options, "failed", Usage()), why=str(error))


def read_shares(text: str, n: int) -> tuple[float, ...] | str:
    """The probabilities of the letters A, B, … (n of them) in an answer that is one JSON object, or what is wrong.

    Wanted are all letters and no other key, numbers from 0 to 1, and a sum within 1e-5 of 1. The object may stand in a
    code fence. Nothing is rescaled and no missing letter is filled in.

    >>> read_shares('{"A": 0.25, "B": 0.75}', 2)
    (0.25, 0.75)
    >>> read_shares('{"A": 0.25, "B": 0.25}', 2)
    'the probabilities sum to 0.5, not to 1'
    """
    letters = ascii_uppercase[:n]
    said = text.strip()
    if len(said) > MAX_CHARS:
        return f"it has {len(said)} characters"
    fenced = _FENCED.fullmatch(said)
    try:
        tree = json.loads(fenced[1] if fenced else said, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return "it is not one JSON object and nothing else"
    if not isinstance(tree, dict) or sorted(tree) != sorted(letters):
        return f"its keys are not exactly {', '.join(letters)}"
    values = [tree[letter] for letter in letters]
    if not all(type(value) in (int, float) and 0 <= value <= 1 for value in values):
        return "a probability is not a number from 0 to 1"
    total = math.fsum(values)
    if abs(total - 1) > SUM_TOLERANCE:
        return f"the probabilities sum to {total:.6g}, not to 1"
    return tuple(float(value) for value in values)


@cache
def texts() -> Mapping[str, Any]:
    """What we say to a model about options."""
    loaded: Mapping[str, Any] = bundled(__package__, "texts/choices.en.yaml")
    return loaded


async def _whole(model: Model, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    return Answer(await model.logprobs(messages, options))


async def _lettered(model: Model, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    letters = ascii_uppercase[: len(options)]
    scores = await model.logprobs(letters_prompt(messages, options), tuple(letters))
    return Answer(dataclasses.replace(scores, method="letters"))


async def _spoken(model: Model, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    reply = await model.generate(letters_prompt(messages, options), SPOKEN)
    scores = parsed_scores(reply, options)
    return Answer(scores, why="" if scores.outcome == "answered" else reply.text[:200])


async def _shares(model: Model, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    """Asked again with what was wrong in view, up to five times; a refusal is not argued with."""
    asked = shares_prompt(messages, options)
    again: list[Outcome] = []
    usage = Usage()
    said: Sequence[Message] = asked
    while True:
        reply = await model.generate(said, SHARES)
        usage += reply.usage
        found = read_shares(reply.text, len(options)) if reply.outcome == "answered" else f"it was {reply.outcome}"
        if not isinstance(found, str):
            logprobs = tuple(math.log(share) if share > 0 else -math.inf for share in found)
            return Answer(OptionScores(logprobs, (1,) * len(options), "parsed", usage=usage), again=tuple(again))
        outcome = _outcome(reply)
        if outcome == "refused" or len(again) == REASKED:
            return Answer(_missing(options, outcome, usage), again=tuple(again), why=found)
        again.append(outcome)
        note = Message("user", str(texts()["again"]).replace("{problem}", found))
        shown = (Message("assistant", reply.text),) if reply.text.strip() else ()
        said = (*asked, *shown, note) if shown else (*asked[:-1], _joined(asked[-1], note))


def shares_prompt(messages: Sequence[Message], options: Sequence[str]) -> tuple[Message, ...]:
    """The conversation, its last user turn followed by the lettered options and the request for probabilities."""
    lettered = letters_prompt(messages, options)
    last = lettered[-1]
    head = last.content.rpartition("\n\n")[0]
    letters = ascii_uppercase[: len(options)]
    shape = "{" + ", ".join(f'"{letter}": …' for letter in letters) + "}"
    return (*lettered[:-1], dataclasses.replace(last, content=f"{head}\n\n{texts()['shares']}\n{shape}"))


def _outcome(reply: Completion) -> Outcome:
    if reply.outcome != "answered":
        return reply.outcome
    return "refused" if looks_refused(reply.text) else "unparsed"


def _missing(options: Sequence[str], outcome: Outcome, usage: Usage) -> OptionScores:
    return OptionScores((-math.inf,) * len(options), (1,) * len(options), "parsed", outcome, usage)


def _places(order: Sequence[int]) -> list[int]:
    places = [0] * len(order)
    for place, option in enumerate(order):
        places[option] = place
    return places


def _joined(first: Message, second: Message) -> Message:
    return dataclasses.replace(first, content=f"{first.content}\n\n{second.content}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError("the same key twice")
    return tree


def _no_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")
