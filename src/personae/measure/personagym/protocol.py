"""What a run of PersonaGym is: five tasks, questions in blocks, one way of answering, and how many calls that takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.judges.rubric import MOST_REPLIES
from personae.judges.rubric_files import load_rubric
from personae.judges.summary import MIN_COVERAGE
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.types import Settings

#: The five tasks, each the name of a rubric of ours. PersonaScore is their unweighted mean (PersonaGym).
TASKS = (
    "expected_action",
    "linguistic_habits",
    "persona_consistency",
    "toxicity_control",
    "action_justification",
)

#: Questions per task (PersonaGym: 10), and the most one run may ask for.
QUESTIONS, MOST_QUESTIONS = 10, 50
#: Sampling of the answers, the same for every model (PersonaGym: T .9, top_p .9).
TEMPERATURE, TOP_P = 0.9, 0.9
#: Room for one answer, in tokens.
ANSWER_TOKENS = 512


def task_named(name: str) -> str:
    """The task a name stands for, in any spelling; "Toxicity" is Toxicity Control. Raises UsageError for another.

    >>> task_named("Toxicity"), task_named("Expected Action")
    ('toxicity_control', 'expected_action')
    """
    key = "_".join(name.lower().split())
    for task in TASKS:
        if key in (task, *load_rubric(task).aliases):
            return task
    raise UsageError(f"{name[:60]!r} is no task of PersonaGym; the tasks are {', '.join(TASKS)}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to be questioned.

    `text` is all that models and judges learn of the persona; `questions` by task are those to ask, None where they are
    still to be written, in `language`. `statements` are what an answer may contradict.
    """

    id: str
    text: str
    questions: Mapping[str, Sequence[str]] | None = None
    language: str = "en"
    statements: tuple[str, ...] = field(default=(), compare=False)

    @property
    def checksum(self) -> str:
        """12 hex digits over text, language and questions: the same checksum, the same interview."""
        asked = sorted((task, list(questions)) for task, questions in (self.questions or {}).items())
        return hashlib.sha256(repr((self.text, self.language, asked)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def subject_of(persona: Persona) -> Subject:
    """A persona of the user's as a subject: its text as `render` gives it, its statements about itself beside it."""
    own = tuple(each.text for each in persona.statements if each.speaker == "self")
    return Subject(f"{_slug(persona.name)}-{persona.content_hash[:8]}", render(persona), None, persona.language, own)


@dataclass(frozen=True, slots=True)
class Block:
    """Questions `start` … `stop` − 1 of a task, which are graded in one call."""

    task: str
    start: int
    stop: int

    @property
    def id(self) -> str:
        """Stable between runs: "expected_action-01-05"."""
        return f"{self.task}-{self.start + 1:02}-{self.stop:02}"


@dataclass(frozen=True, slots=True)
class Protocol:
    """How to interview: `n` questions per task, `batch` of them graded in one call, and the seed of all sampling.

    The released protocol is n=10, batch=5; the light form n=1. Raises UsageError for what is out of range.

    >>> [block.id for block in Protocol(n=10).blocks()][:2]
    ['expected_action-01-05', 'expected_action-06-10']
    """

    n: int = QUESTIONS
    batch: int = MOST_REPLIES
    seed: int = 0
    min_coverage: float = MIN_COVERAGE
    max_tokens: int = ANSWER_TOKENS

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MOST_QUESTIONS:
            raise UsageError(f"a task has 1 to {MOST_QUESTIONS} questions, not {self.n!r}")
        if not 1 <= self.batch <= MOST_REPLIES:
            raise UsageError(f"one call grades 1 to {MOST_REPLIES} answers, not {self.batch!r}")
        if not 0 < self.min_coverage <= 1:
            raise UsageError(f"the coverage needed is above 0 and at most 1, not {self.min_coverage!r}")

    def blocks(self) -> Iterator[Block]:
        """All blocks of one interview, task by task."""
        for task in TASKS:
            for start in range(0, self.n, self.batch):
                yield Block(task, start, min(start + self.batch, self.n))

    def answering(self, number: int) -> Settings:
        """How question `number` is answered: one setting for all models, and a seed of its own."""
        return Settings(TEMPERATURE, TOP_P, self.max_tokens, self.seed + number)


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How many calls a run makes when every answer can be read at once; what is asked again comes on top.

    >>> plan([Subject("a", "A baker.", {task: ["?"] * 10 for task in TASKS})], Protocol(), judges=2).total
    80
    """

    personas: int
    questions: int
    answers: int
    examples: int
    verdicts: int

    @property
    def total(self) -> int:
        """All calls."""
        return self.questions + self.answers + self.examples + self.verdicts

    def to_dict(self) -> dict[str, int]:
        """Plain JSON data, with the total."""
        steps = {name: getattr(self, name) for name in ("questions", "answers", "examples", "verdicts")}
        return {"personas": self.personas, **steps, "total": self.total}


def plan(subjects: Iterable[Subject], protocol: Protocol, judges: int) -> CallPlan:
    """The calls of a run, by what they are for. Questions not yet written cost a call per task, and one for places."""
    subjects = list(subjects)
    unwritten = sum(subject.questions is None for subject in subjects)
    blocks = len(list(protocol.blocks())) * len(subjects)
    return CallPlan(
        personas=len(subjects),
        questions=unwritten * (1 + len(TASKS)),
        answers=len(subjects) * len(TASKS) * protocol.n,
        examples=blocks,
        verdicts=blocks * judges,
    )


def texts(use: str) -> Any:
    """Our wording for a use, from `texts/`."""
    return bundled(__package__, f"texts/{use}.en.yaml")


def _slug(name: str) -> str:
    letters = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower())
    return "-".join(part for part in letters.split("-") if part)[:40] or "persona"
