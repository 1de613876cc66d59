"""One persona from its text to its graded answers: places, questions where none are given, blocks, one record."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from personae.errors import UsageError
from personae.judges.asking import Answer
from personae.measure.personagym.block import STEPS, Crew, Graded, Item, Respond, grade_block, together
from personae.measure.personagym.protocol import TASKS, Block, Protocol, Subject
from personae.measure.personagym.questions import choose_environments, own_environments, write_questions
from personae.types import Model

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one task, or why there are none ("environments unparsed", "questions refused")."""

    asked: tuple[str, ...] = ()
    missing: str | None = None
    environments: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass
class Desk:
    """Where questions come from: the subject's own, or the writer, who is asked once per persona and task.

    Whatever was written stays here, so that blocks of one task that run side by side share it.
    """

    protocol: Protocol
    environments: Sequence[str] = field(default_factory=own_environments)
    _done: dict[tuple[str, str], Any] = field(default_factory=dict)
    _under_way: dict[tuple[asyncio.AbstractEventLoop, str, str], asyncio.Future[Any]] = field(default_factory=dict)

    async def questions(self, writer: Model, subject: Subject, task: str) -> Questions:
        """`protocol.n` questions for the task. Raises `UsageError` for a subject that has fewer of its own."""
        if subject.questions is not None:
            own = tuple(subject.questions[task][: self.protocol.n])
            if len(own) < self.protocol.n:
                raise UsageError(f"{subject.id!r} has {len(own)} questions for {task!r}; ask for as many at most")
            return Questions(own)
        return await self._once(subject.checksum, task, lambda: self._written(writer, subject, task))

    async def _written(self, writer: Model, subject: Subject, task: str) -> Questions:
        seed = self.protocol.seed
        places: Answer[tuple[str, ...]] = await self._once(
            subject.checksum,
            "environments",
            lambda: choose_environments(writer, subject.text, self.environments, seed=seed),
        )
        # The call for the places is on the account of the first task.
        outcomes = places.outcomes if task == TASKS[0] else ()
        if places.value is None:
            return Questions(missing=f"environments {places.reason}", outcomes=outcomes)
        written = await write_questions(
            writer, subject.text, places.value, task, self.protocol.n, language=subject.language, seed=seed
        )
        outcomes += written.outcomes
        if written.value is None:
            return Questions((), f"questions {written.reason}", places.value, outcomes)
        return Questions(written.value, None, places.value, outcomes)

    async def _once(self, who: str, what: str, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` gives, made once for all who ask, also when they ask at the same time."""
        key = (who, what)
        loop = asyncio.get_running_loop()
        while key not in self._done:
            if waiting := self._under_way.get((loop, *key)):
                await asyncio.wait([waiting])
                continue
            future = self._under_way[loop, *key] = loop.create_future()
            try:
                self._done[key] = await make()
            finally:
                future.cancel()  # the others look again: it is there, or they make it themselves
                del self._under_way[loop, *key]
        found: T = self._done[key]
        return found


@dataclass(frozen=True, slots=True)
class Interview:
    """Everything one persona was asked. `checksum` and `text` are the subject's, `outcomes` count calls by step."""

    id: str
    checksum: str
    text: str
    items: tuple[Item, ...]
    environments: tuple[str, ...] = ()
    reasons: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        graded = Graded(self.items).to_data()
        return {
            "id": self.id,
            "checksum": self.checksum,
            "text": self.text,
            "environments": list(self.environments),
            "items": graded["items"],
            "reasons": {block: {name: list(raw) for name, raw in by.items()} for block, by in self.reasons.items()},
            "outcomes": {step: dict(counted) for step, counted in self.outcomes.items()},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Interview:
        """The inverse of `to_data`."""
        items = tuple(Item.from_data(item) for item in data["items"])
        return cls(**{**data, "items": items, "environments": tuple(data["environments"])})


async def run_block(
    crew: Crew, desk: Desk, subject: Subject, block: Block, respond: Respond
) -> tuple[Graded, Questions]:
    """One block of an interview with its questions. Where these are missing, so is every item, and nothing is asked."""
    questions = await desk.questions(crew.writes_questions, subject, block.task)
    if questions.missing is not None:
        numbers = range(block.start, block.stop)
        return Graded(tuple(Item(block.task, number, "", missing=questions.missing) for number in numbers)), questions
    asked = questions.asked[block.start : block.stop]
    graded = await grade_block(crew, respond, subject.text, block.task, asked, first=block.start)
    return graded, questions


async def interview(crew: Crew, desk: Desk, subject: Subject, respond: Respond) -> Interview:
    """All blocks of one persona, side by side. Raises a `ModelError` that would meet every question."""
    blocks = list(desk.protocol.blocks())
    done = await together(run_block(crew, desk, subject, block, respond) for block in blocks)
    outcomes: dict[str, Counter[str]] = {step: Counter() for step in STEPS}
    for block, (graded, questions) in zip(blocks, done, strict=True):
        for step, counted in graded.outcomes.items():
            outcomes[step].update(counted)
        if block.start == 0:
            outcomes["questions"].update(questions.outcomes)
    return Interview(
        subject.id,
        subject.checksum,
        subject.text,
        tuple(item for graded, _ in done for item in graded.items),
        next((questions.environments for _, questions in done if questions.environments), ()),
        {block.id: graded.reasons for block, (graded, _) in zip(blocks, done, strict=True)},
        {step: dict(counted) for step, counted in outcomes.items()},
    )
