"""A personalization question put to a model: with everything, with what is recalled, with nothing, with the answer's
own passage; in every order of its options."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from personae.errors import UsageError
from personae.files import bundled
from personae.measure.decisions.nearness import ByWords, Nearness
from personae.measure.preference_choice.item import PreferenceItem, transcript
from personae.measure.preference_choice.letters import Unread, read_letter
from personae.models.choices import Answer, Mcq
from personae.models.choices.ways import Put, opened
from personae.models.scoring import letters_prompt
from personae.types import Message, Model, OptionScores, Outcome, Settings

#: "history"  all that was said before stands above the question, cut from the left where it is too long
#: "recalled" the messages nearest to the question do
#: "note"     a note of at most 2,048 tokens does, written of the history by somebody who did not know the question
#: "floor"    nothing does
#: "ceiling"  the passage that settles it does, and nothing else
CONDITIONS = ("history", "recalled", "note", "floor", "ceiling")

#: "letters"  the likeliest letter · "spoken" the letter in what it says · "boxed" it thinks first and boxes the letter
#: "whole"    the mean log-probability of each option's tokens, where a model can score them
Way = Literal["letters", "spoken", "boxed", "whole"]
WAYS = ("letters", "spoken", "boxed", "whole")

SPOKEN = Settings(temperature=0.0, top_p=1.0, max_tokens=256)
BOXED = Settings(temperature=0.0, top_p=1.0, max_tokens=1024)


def mcq_of(
    item: PreferenceItem, condition: str, *, nearness: Nearness | None = None, k: int = 5, note: str = ""
) -> Mcq | None:
    """The question under a condition; None for a ceiling whose passage nobody knows. `note` is what "note" shows.

    >>> item = PreferenceItem("q", "Dinner?", ("Steak.", "Lentils."), 1, snippet="I eat no meat.")
    >>> mcq_of(item, "ceiling").context.splitlines()[-1], mcq_of(item, "floor").context
    ('I eat no meat.', '')
    """
    said = ""
    if condition == "history":
        said = transcript(item.history)
    elif condition == "recalled":
        said = recalled(item, nearness or ByWords(), k)
    elif condition == "note":
        said = note
    elif condition == "ceiling":
        if not (said := item.snippet or item.preference):
            return None
    elif condition != "floor":
        raise UsageError(f"unknown condition {condition!r}; known are {', '.join(CONDITIONS)}")
    context = f"{_texts()['before']}\n{said}" if said else ""
    return Mcq(item.id, item.question, item.options, item.gold, context=context)


def recalled(item: PreferenceItem, nearness: Nearness, k: int) -> str:
    """The `k` messages nearest to the question, in the order they were said."""
    near = nearness(item.question, [message.content for message in item.history])
    best = sorted(range(len(near)), key=lambda index: (-near[index], index))[:k]
    return transcript([item.history[index] for index in sorted(best)])


async def put_by(model: Model, way: Way) -> Put:
    """How to put questions to this model: spoken and boxed answers are read strictly, by exactly one letter."""
    if way not in WAYS:
        raise UsageError(f"unknown way {way!r} to answer; known are {', '.join(WAYS)}")
    if way in ("letters", "whole"):
        return await opened(model, way)
    return partial(_said, model, way == "boxed")


async def _said(model: Model, boxed: bool, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    asked = boxed_prompt(messages, options) if boxed else letters_prompt(messages, options)
    reply = await model.generate(asked, BOXED if boxed else SPOKEN)
    found: int | Unread = (
        read_letter(reply.text, len(options))
        if reply.outcome == "answered"
        else Unread(reply.outcome, f"it was {reply.outcome}")
    )
    outcome: Outcome = "answered" if isinstance(found, int) else found.outcome
    logprobs = tuple(0.0 if index == found else -math.inf for index in range(len(options)))
    scores = OptionScores(logprobs, (1,) * len(options), "parsed", outcome, reply.usage)
    return Answer(scores, why="" if isinstance(found, int) else found.why)


def boxed_prompt(messages: Sequence[Message], options: Sequence[str]) -> tuple[Message, ...]:
    """The conversation with the lettered options and the request to think first and box the letter."""
    lettered = letters_prompt(messages, options)
    last = lettered[-1]
    head = last.content.rpartition("\n\n")[0]
    return (*lettered[:-1], dataclasses.replace(last, content=f"{head}\n\n{_texts()['boxed'].strip()}"))


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")
