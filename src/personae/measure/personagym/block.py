"""A few questions of one task: answered under one frame, with example replies for the judges, and graded by each judge.

Every step can fail in its own way, and an item that has no grade says at which step, and how.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.judges.asking import Answer, filled
from personae.judges.ensemble import Ensemble
from personae.judges.examples import Examples, write_examples
from personae.judges.roles import Verdict
from personae.judges.rubric import RubricItem, RubricJudge
from personae.judges.rubric_files import load_rubric
from personae.measure.drift import SPOKEN
from personae.measure.personagym.protocol import texts
from personae.types import Completion, Message, Model, Outcome

T = TypeVar("T")

#: The steps of an interview, in order; calls are counted by them.
STEPS = ("questions", "answers", "examples", "verdicts")

#: How a question is put to whoever is tested: (question, its number) → the answer.
Respond = Callable[[str, int], Awaitable[Completion]]


@dataclass(frozen=True)
class Crew:
    """Who works in a run: the judges, and who writes questions and example replies (default: the first judge)."""

    judges: tuple[Model, ...]
    questioner: Model | None = None
    illustrator: Model | None = None

    def __post_init__(self) -> None:
        names = [judge.name for judge in self.judges]
        if not names or len(set(names)) < len(names):
            raise UsageError(f"PersonaGym needs judges with different names, got {names!r}")

    @property
    def writes_questions(self) -> Model:
        """Who writes the questions."""
        return self.questioner or self.judges[0]

    @property
    def writes_examples(self) -> Model:
        """Who writes the example replies."""
        return self.illustrator or self.judges[0]


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `value` is the mean over the judges that gave one, 1 … 5; else `missing` says step and outcome.

    `outcome` is how the answer ended ("truncated" ones are graded as they stand); `columns` hold each judge's value or
    reason, by the name of its model.
    """

    task: str
    number: int
    question: str
    answer: str = ""
    outcome: Outcome | None = None
    examples: Examples = ()
    value: float | None = None
    missing: str | None = None
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.value is None) == (self.missing is None):
            raise ValueError(f"question {self.number} of {self.task!r} needs a value or a reason, and not both")

    @property
    def id(self) -> str:
        """Stable between runs: "expected_action-03"."""
        return f"{self.task}-{self.number + 1:02}"

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Item:
        """An item from the plain JSON data that `dataclasses.asdict` makes of one."""
        return cls(**{**data, "examples": tuple(data["examples"])})


@dataclass(frozen=True, slots=True)
class Graded:
    """The items of a block, what each judge wrote, and how every call ended: step → outcome → count."""

    items: tuple[Item, ...]
    reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Graded:
        """The inverse of `to_data`."""
        items = tuple(Item.from_data(item) for item in data["items"])
        return cls(items, dict(data["reasons"]), dict(data["outcomes"]))


def framed(persona: str, question: str) -> tuple[Message, ...]:
    """What a model under test reads: the persona, that it is this persona, and the question."""
    system = filled(texts("frame")["system"], {"persona": persona.strip()})
    return (Message("system", system), Message("user", question))


async def grade_block(
    crew: Crew, respond: Respond, persona: str, task: str, questions: Sequence[str], *, first: int = 0
) -> Graded:
    """Answer the questions (numbered from `first`), have examples written meanwhile, and ask every judge once.

    Calls: one per question, one for the examples, one per judge. An answer that is refused, empty or failed is not
    graded, and without examples nothing is: no judge is asked. Raises `ModelError` for what would meet every question.
    """
    rubric = load_rubric(task)
    answers, written = await _both(
        together(_answer(respond, question, first + place) for place, question in enumerate(questions)),
        write_examples(crew.writes_examples, rubric, persona, questions),
    )
    outcomes: dict[str, Counter[str]] = {step: Counter() for step in STEPS}
    outcomes["answers"].update(outcome for _, outcome in answers)
    outcomes["examples"].update(written.outcomes)
    spoken = [place for place, (_, outcome) in enumerate(answers) if outcome in SPOKEN]
    verdicts: dict[int, Verdict] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    if written.value is not None and spoken:
        shown = [RubricItem(persona, questions[at], answers[at][0], written.value[at]) for at in spoken]
        judges = [RubricJudge(judge, rubric) for judge in crew.judges]
        given = await together(judge.batch(shown) for judge in judges)
        for judge, column in zip(judges, given, strict=True):
            reasons[judge.model.name] = column[0].raw
            outcomes["verdicts"].update(outcome for verdict in column for outcome in verdict.outcomes)
        joined = Ensemble(tuple(judges))
        verdicts = {at: joined.joined(row) for at, row in zip(spoken, zip(*given, strict=True), strict=True)}
    items = tuple(
        _item(task, first + at, question, answers[at], written, at, verdicts.get(at), crew)
        for at, question in enumerate(questions)
    )
    return Graded(items, reasons, {step: dict(counted) for step, counted in outcomes.items()})


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in order; where one fails the others are stopped, and its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except BaseExceptionGroup as errors:
        raise _first(errors) from None
    return [task.result() for task in tasks]


async def _both(
    answers: Coroutine[Any, Any, list[tuple[str, Outcome]]], examples: Coroutine[Any, Any, Answer[tuple[Examples, ...]]]
) -> tuple[list[tuple[str, Outcome]], Answer[tuple[Examples, ...]]]:
    both: list[Any] = await together([answers, examples])
    return both[0], both[1]


async def _answer(respond: Respond, question: str, number: int) -> tuple[str, Outcome]:
    try:
        completion = await respond(question, number)
    except (BadResponse, ContextOverflow):
        return "", "failed"
    return completion.text.strip(), completion.outcome


def _item(
    task: str,
    number: int,
    question: str,
    answer: tuple[str, Outcome],
    written: Answer[tuple[Examples, ...]],
    at: int,
    verdict: Verdict | None,
    crew: Crew,
) -> Item:
    examples = written.value[at] if written.value is not None else ()
    text, outcome = answer
    if outcome not in SPOKEN:
        return Item(task, number, question, text, outcome, examples, missing=f"answer {outcome}")
    if verdict is None:
        return Item(task, number, question, text, outcome, examples, missing=f"examples {written.reason}")
    columns = dict(zip((judge.name for judge in crew.judges), verdict.details["columns"].values(), strict=True))
    missing = None if verdict.value is not None else f"verdict {verdict.reason}"
    return Item(task, number, question, text, outcome, examples, verdict.value, missing, columns)


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    first: BaseException = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
