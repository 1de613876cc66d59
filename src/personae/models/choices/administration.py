"""Many multiple-choice questions put to one model, and what the answers say: accuracy, floor, ranks, places picked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from personae.errors import UsageError
from personae.models.choices.asking import Asked, ask
from personae.models.choices.mcq import Mcq, orders
from personae.models.choices.ways import Way, opened
from personae.stats.choices import Identification, Places, credit, identification, places
from personae.stats.paired import compare
from personae.types import Measurement, Model

#: With a smaller share of questions answered, no value is given.
MIN_COVERAGE = 0.9


@dataclass(frozen=True)
class Administration:
    """Questions with their answers, in the order given; `floor` is the same without any context, where it was asked."""

    asked: tuple[Asked, ...]
    way: Way
    floor: Administration | None = None

    @cached_property
    def identification(self) -> Identification | None:
        """Ranks and calibration of the gold options over all answers, each question weighing the same; None without."""
        known = [(one, answer, one.mcq.gold) for one in self.asked for answer in one.answered]
        rows = [(answer.by_option, gold, one.mcq.id) for one, answer, gold in known if gold is not None]
        if not rows:
            return None
        shares, gold, ids = zip(*rows, strict=True)
        return identification(shares, gold, questions=ids)

    @cached_property
    def places(self) -> Places | None:
        """Where picks and gold options stood; None where the options were never shown, or nothing was answered."""
        rows = [(one, a) for one in self.asked for a in one.answered if a.scores.method != "exact"]
        if not rows:
            return None
        gold = [None if one.mcq.gold is None else answer.order.index(one.mcq.gold) for one, answer in rows]
        return places([answer.shares for _, answer in rows], questions=[one.mcq.id for one, _ in rows], gold=gold)

    @property
    def missing(self) -> dict[str, int]:
        """Questions without any answer, by outcome."""
        return dict(Counter(one.outcome for one in self.asked if one.outcome != "answered"))

    @property
    def cut(self) -> dict[str, int]:
        """Questions whose context was cut, by how many words."""
        return {one.mcq.id: one.cut for one in self.asked if one.cut}

    def credits(self) -> dict[str, float]:
        """The share of orders in which the gold option was picked, equals counting by halves, thirds …; per question
        with a gold option and an answer."""
        found = {}
        for one in self.asked:
            if one.mcq.gold is not None and one.answered:
                marks = [credit(answer.by_option, one.mcq.gold) for answer in one.answered]
                found[one.mcq.id] = sum(marks) / len(marks)
        return found

    def measurements(self, name: str = "choices") -> list[Measurement]:
        """Accuracy with its interval over questions; with a floor also that, and what the context adds (paired)."""
        numbers = [_accuracy(name, self)]
        if self.floor is not None:
            numbers += [_accuracy(f"{name}.floor", self.floor), _gain(f"{name}.gain", self, self.floor)]
        return numbers


async def administer(
    model: Model,
    questions: Sequence[Mcq],
    way: Way = "letters",
    *,
    seed: int = 0,
    floor: bool = False,
    context_words: int | None = None,
    limit: int = 20,
    progress: Callable[[Asked], None] | None = None,
) -> Administration:
    """Put every question in the orders of `orders`, at most `limit` questions at a time.

    floor: ask the questions once more without anything before or above them. `context_words` limits how much of a
    context is given from the start, for models that cut silently. `progress` is told each question as it ends. Raises
    `UsageError` for no questions, equal ids or a limit below 1, and the `ModelError`s that would meet every question.

    >>> from personae.models.scripted import Scripted
    >>> model = Scripted(option_scores={"A": -0.1, "B": -3.0})
    >>> mcqs = [Mcq(f"q{i}", "Who?", ("Ana", "Rui"), gold=i % 2) for i in range(20)]
    >>> done = asyncio.run(administer(model, mcqs))
    >>> done.measurements()[0].value, done.places.biased
    (0.5, True)
    """
    if not questions or len({mcq.id for mcq in questions}) < len(questions) or limit < 1:
        raise UsageError(f"{len(questions)} questions at {limit} a time; give one or more, each with an id of its own")
    put = await opened(model, way)

    async def one(mcq: Mcq) -> Asked:
        asked = await ask(put, mcq, orders(mcq, seed=seed), words=context_words)
        if progress:
            progress(asked)
        return asked

    asked = await _bounded(one, questions, limit)
    bare = await _bounded(one, [mcq.bare() for mcq in questions], limit) if floor else ()
    return Administration(asked, way, Administration(bare, way) if bare else None)


async def _bounded(call: Callable[[Mcq], Awaitable[Asked]], items: Sequence[Mcq], limit: int) -> tuple[Asked, ...]:
    results: dict[int, Asked] = {}
    queue = iter(enumerate(items))

    async def work() -> None:
        for index, item in queue:
            results[index] = await call(item)

    tasks = [asyncio.create_task(work()) for _ in range(min(limit, len(items)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return tuple(results[index] for index in range(len(items)))


def _accuracy(name: str, done: Administration) -> Measurement:
    with_gold = [one for one in done.asked if one.mcq.gold is not None]
    found = done.identification
    credits = done.credits()
    if not with_gold:
        return Measurement(name, reason="no question has a gold option", missing=done.missing, unit="share")
    if found is None or len(credits) / len(with_gold) < MIN_COVERAGE:
        why = f"{len(credits)} of {len(with_gold)} questions were answered; {MIN_COVERAGE:.0%} are needed"
        return Measurement(name, reason=why, n=len(credits), missing=done.missing, unit="share")
    top = found.top_1
    details: dict[str, Any] = {
        "values": credits,
        "chance": found.uniform.top_1,
        "way": done.way,
        "methods": sorted({answer.scores.method for one in done.asked for answer in one.answered}),
        "top_2": found.top_2.value,
        "mean_rank": found.mean_rank,
        "brier": found.brier,
        "ece": found.ece,
        "places": _about(done.places),
        "cut_words": done.cut,
        "incomplete": sum(0 < len(one.answered) < len(one.answers) for one in done.asked),
        "asked_again": dict(Counter(outcome for one in done.asked for a in one.answers for outcome in a.again)),
    }
    return Measurement(name, top.value, None, top.low, top.high, top.n, done.missing, "share", details)


def _gain(name: str, done: Administration, floor: Administration) -> Measurement:
    pairs = compare(done.credits(), floor.credits())
    if pairs.difference is None:
        return Measurement(name, reason="no question was answered both with and without its context", unit="share")
    details = {"p": pairs.p, "d": pairs.d, "unpaired": pairs.unpaired}
    return Measurement(name, pairs.difference, None, pairs.low, pairs.high, pairs.n, {}, "share", details)


def _about(found: Places | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "biased": found.biased,
        "p": found.picked_test.p,
        "picked": {str(size): list(counts) for size, counts in found.picked.items()},
        "gold": {str(size): list(counts) for size, counts in found.gold.items()},
        "gold_p": None if found.gold_test is None else found.gold_test.p,
    }
