"""Traits called forth: twelve questions in a neutral form and in one that calls for each trait, read like any text.

A matrix says how far each form moves each trait, as read, away from the neutral answer to the same question. If only
the diagonal moves, the questions call forth what they mean to. [Eliciting Personality Traits in LLMs 2024]
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from personae.errors import UsageError
from personae.judges.asking import filled
from personae.measure.author_traits.pieces import MIN_WORDS, too_short
from personae.measure.author_traits.probe import Probe
from personae.measure.author_traits.questionnaire import AuthorQuestionnaire
from personae.measure.author_traits.texts import prompts
from personae.measure.author_traits.together import together
from personae.psychometrics.own import InterviewQuestion, own_interview
from personae.psychometrics.trait_prompts import DOMAINS
from personae.stats.intervals import Interval, mean_interval
from personae.types import Completion, Measurement, Outcome

TRAITS = tuple(DOMAINS)
NEUTRAL = "neutral"
FORMS = (NEUTRAL, *TRAITS)
#: How long an answer is asked to be.
WORDS = 120

Scores = Mapping[str, float | None]
Answering = Callable[[str], Awaitable[Completion]]


class TextReader(Protocol):
    """Whatever says how high a text's author is on each trait (E, A, C, N, O), in its own unit."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def __call__(self, text: str) -> Scores:
        """Trait → score; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class ByQuestionnaire:
    """Reads by the questionnaire about the author: points from 1 to 5."""

    questionnaire: AuthorQuestionnaire

    @property
    def name(self) -> str:
        """Questionnaire and model."""
        return f"{self.questionnaire.instrument.id} by {self.questionnaire.model.name}"

    async def __call__(self, text: str) -> Scores:
        """Keyed means."""
        return (await self.questionnaire(text)).scores


@dataclass(frozen=True, slots=True)
class ByProbe:
    """Reads by a trained probe: P(high), 0 … 1."""

    probe: Probe

    @property
    def name(self) -> str:
        """The probe's features."""
        return f"probe on {self.probe.name}"

    async def __call__(self, text: str) -> Scores:
        """P(high) per trait, of the traits it knows."""
        found = self.probe(text)
        return {letter: found[name] for letter, name in DOMAINS.items() if name in found}


@dataclass(frozen=True, slots=True)
class Elicited:
    """One question in one form, what was answered, and how it was read; `why` says what is missing, else ""."""

    question: str
    form: str
    text: str = ""
    outcome: Outcome = "answered"
    scores: Scores = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Activation:
    """matrix[form][trait]: the mean over questions of score(form) − score(neutral), with an interval over questions.

    diagonal: mean over traits of each trait under its own form. off_diagonal: mean over all others. specific: their
    difference. All paired by question, in the reader's unit. missing: answers without a score, by reason.
    """

    matrix: Mapping[str, Mapping[str, Interval]]
    diagonal: Interval
    off_diagonal: Interval
    specific: Interval
    questions: int
    missing: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return dataclasses.asdict(self)


def asked(question: InterviewQuestion, form: str, words: int = WORDS) -> str:
    """What is put to the agent: the question in this form, with the length of the answer."""
    said = question.neutral if form == NEUTRAL else question.activating[form]
    return filled(prompts()["interview"], {"question": said, "words": str(words)})


async def interview(
    answer: Answering,
    read: TextReader,
    *,
    questions: Sequence[InterviewQuestion] = (),
    forms: Sequence[str] = FORMS,
    words: int = WORDS,
    min_words: int = MIN_WORDS,
    limit: int = 8,
) -> tuple[Elicited, ...]:
    """Every question in every form, each in a talk of its own, read as it comes; in the order of questions and forms.

    Raises `UsageError` for an unknown form.
    """
    if odd := [form for form in forms if form not in FORMS]:
        raise UsageError(f"no form {odd[0]!r} of a question; the forms are {', '.join(FORMS)}")

    async def one(question: InterviewQuestion, form: str) -> Elicited:
        return await taken(question.id, form, await answer(asked(question, form, words)), read, min_words)

    jobs = [partial(one, question, form) for question in questions or own_interview() for form in forms]
    return tuple(await together(jobs, limit))


async def taken(question: str, form: str, said: Completion, read: TextReader, min_words: int = MIN_WORDS) -> Elicited:
    """One answer, read; an answer that is cut off but long enough is read as it stands."""
    outcome = said.outcome
    if outcome in ("refused", "empty"):
        return Elicited(question, form, said.text, outcome, why=outcome)
    if short := too_short(said.text, min_words):
        return Elicited(question, form, said.text, outcome if outcome == "truncated" else "unparsed", why=short)
    scores = await read(said.text)
    if all(value is None for value in scores.values()):
        return Elicited(question, form, said.text, "unparsed", why="the reader gave no score")
    return Elicited(question, form, said.text, "answered", scores)


def activation(answers: Sequence[Elicited]) -> Activation:
    """The matrix of an interview. Cells without two paired questions have a reason, or a value without interval."""
    scores = {(one.question, one.form): one.scores for one in answers}
    questions = list(dict.fromkeys(one.question for one in answers))
    forms = [form for form in TRAITS if any(one.form == form for one in answers)]
    moved: dict[str, dict[tuple[str, str], float]] = {question: {} for question in questions}
    for question in questions:
        for form in forms:
            for trait in TRAITS:
                now = scores.get((question, form), {}).get(trait)
                neutral = scores.get((question, NEUTRAL), {}).get(trait)
                if now is not None and neutral is not None:
                    moved[question][form, trait] = now - neutral
    matrix = {
        form: {trait: _mean([row[form, trait] for row in moved.values() if (form, trait) in row]) for trait in TRAITS}
        for form in forms
    }
    own = {q: [v for (f, t), v in row.items() if f == t] for q, row in moved.items()}
    others = {q: [v for (f, t), v in row.items() if f != t] for q, row in moved.items()}
    both = [q for q in questions if own[q] and others[q]]
    return Activation(
        matrix,
        _mean([_plain(own[q]) for q in questions if own[q]]),
        _mean([_plain(others[q]) for q in questions if others[q]]),
        _mean([_plain(own[q]) - _plain(others[q]) for q in both]),
        len(questions),
        dict(Counter(one.why for one in answers if one.why)),
    )


def measured(name: str, found: Activation, missing: Mapping[str, int], details: Mapping[str, Any]) -> list[Measurement]:
    """`<name>` (the diagonal), `<name>.off_diagonal`, `<name>.specific`, and `<name>.<trait>` for each cell of the
    diagonal; the first has the whole matrix in its details."""
    matrix = {
        form: {trait: dataclasses.asdict(cell) for trait, cell in row.items()} for form, row in found.matrix.items()
    }
    rows: list[tuple[str, Interval, Mapping[str, Any]]] = [
        (name, found.diagonal, {**details, "matrix": matrix, "lost": dict(found.missing)}),
        (f"{name}.off_diagonal", found.off_diagonal, details),
        (f"{name}.specific", found.specific, details),
    ]
    rows += [(f"{name}.{trait}", row[trait], details) for trait, row in found.matrix.items()]
    return [_measurement(label, interval, missing, more) for label, interval, more in rows]


def _measurement(name: str, found: Interval, missing: Mapping[str, int], details: Mapping[str, Any]) -> Measurement:
    if found.value is None:
        reason = "no question was answered in a neutral and in an activating form"
        return Measurement(name, reason=reason, missing=missing, unit="points", details=details)
    return Measurement(name, found.value, None, found.low, found.high, found.n, missing, "points", details)


def _mean(values: Sequence[float]) -> Interval:
    return mean_interval(values)


def _plain(values: Sequence[float]) -> float:
    return sum(values) / len(values)
