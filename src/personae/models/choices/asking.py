"""One question put to a model in several orders; a context too long for the model is cut from the left."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from personae.errors import BadResponse, ContextOverflow
from personae.models.choices.mcq import Mcq, Order
from personae.models.choices.ways import Answer, Put, failed
from personae.types import Message, Outcome, Usage

#: What is kept of a context that was still too long.
KEEP = 0.8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what came of it: one answer per order, and how many words of the context were cut away."""

    mcq: Mcq
    answers: tuple[Answer, ...]
    cut: int = 0

    @property
    def answered(self) -> tuple[Answer, ...]:
        """The answers that carry data."""
        return tuple(answer for answer in self.answers if answer.outcome == "answered")

    @property
    def outcome(self) -> Outcome:
        """ "answered" where one order or more gave an answer, else how most of them ended (the first of equals)."""
        if self.answered:
            return "answered"
        return Counter(answer.outcome for answer in self.answers).most_common(1)[0][0]

    @property
    def shares(self) -> tuple[float, ...]:
        """The mean probability of each option over the orders answered, in the question's own order; or empty.

        A taste for a place cancels where all rotations were answered.
        """
        rows = [answer.by_option for answer in self.answered]
        return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))

    @property
    def usage(self) -> Usage:
        """What all calls cost."""
        return sum((answer.scores.usage for answer in self.answers), Usage())


async def ask(put: Put, mcq: Mcq, shown: Sequence[Order], *, words: int | None = None) -> Asked:
    """Put one question in these orders, with at most `words` words of its context.

    Where the model says that the prompt is too long, a fifth of the context is cut from its beginning, and again
    until it fits; all orders see the same cut. A broken answer, or a prompt that is too long without any context, is
    "failed"; other model errors would meet every question, and are raised.

    >>> import asyncio
    >>> from personae.models.choices.ways import opened
    >>> from personae.models.scripted import Scripted
    >>> model = Scripted(["B", "(a)"])
    >>> mcq = Mcq("tea", "What does Ana drink?", ("Tea", "Wine"))
    >>> async def both():
    ...     return await ask(await opened(model, "spoken"), mcq, [(0, 1), (1, 0)])
    >>> asyncio.run(both()).shares
    (0.0, 1.0)
    """
    kept = mcq.words if words is None else min(words, mcq.words)
    while True:
        try:
            answers = await in_orders(partial(_or_failed, put), mcq.messages(kept), mcq.options, shown)
        except ContextOverflow as error:
            if not kept:
                lost = failed(mcq.options, BadResponse(str(error)))
                return Asked(mcq, (dataclasses.replace(lost, order=shown[0]),), mcq.words)
            kept = int(kept * KEEP)
        else:
            return Asked(mcq, answers, mcq.words - kept)


async def in_orders(
    put: Put, messages: Sequence[Message], options: Sequence[str], shown: Sequence[Order]
) -> tuple[Answer, ...]:
    """The answers in each order. Options scored whole are not shown, so one order is enough for them."""
    answers: list[Answer] = []
    for order in shown:
        answer = await put(messages, [options[index] for index in order])
        answers.append(dataclasses.replace(answer, order=tuple(order)))
        if answer.scores.method == "exact":
            break
    return tuple(answers)


async def _or_failed(put: Put, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    try:
        return await put(messages, options)
    except BadResponse as error:
        return failed(options, error)
