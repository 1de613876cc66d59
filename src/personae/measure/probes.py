"""Questions that bring a persona's statements to light, with answers other people would give.

A *forced choice* holds one statement's question, its own answer, and answers of the same kind taken from other
personas. The starters are the pool, so a persona is told apart from plausible others and not from noise.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from personae.measure.texts import texts
from personae.metrics.overlap import unigram_f1
from personae.metrics.text import tokenise
from personae.persona.find import starter_paths
from personae.persona.formats import load
from personae.persona.parts import Probe, Statement
from personae.persona.persona import Persona

#: Answers closer than this to something the persona says of itself may be true of it, and are no distractors.
TOO_SIMILAR_F1 = 0.6


@dataclass(frozen=True, slots=True)
class ForcedChoice:
    """One question with its options; `options[answer]` is the persona's own."""

    statement_id: str
    kind: str
    statement: str
    question: str
    options: tuple[str, ...]
    answer: int

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "statement_id": self.statement_id,
            "kind": self.kind,
            "statement": self.statement,
            "question": self.question,
            "options": list(self.options),
            "answer": self.answer,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ForcedChoice:
        """The inverse of `to_data`."""
        return cls(**{**data, "options": tuple(data["options"])})


@cache
def starter_personas() -> tuple[Persona, ...]:
    """All starters, loaded once: the pool of other people."""
    return tuple(load(path) for path in starter_paths().values())


def probe_of(statement: Statement, language: str) -> Probe:
    """The statement's own probe, or the general question of its kind with the whole statement as the answer."""
    if statement.probe is not None:
        return statement.probe
    questions = texts("probes", language)["questions"]
    return Probe(question=questions.get(statement.kind, questions["other"]), answer=statement.text)


def forced_choices(
    persona: Persona,
    pool: Iterable[Persona],
    *,
    options: int = 4,
    n: int | None = None,
    seed: int = 0,
    whole: bool = False,
) -> tuple[list[ForcedChoice], dict[str, int]]:
    """Forced choices for the persona's own statements, and counts of those that could not be asked, by reason.

    `n` limits how many statements are taken (a seeded choice, the same for every measure). Chance is 1 / `options`.
    With `whole` the options are whole statements instead of the short answers. Statements about somebody else than
    the persona ("not_self") and those with too few distractors ("no_distractors") are counted as missing.
    """
    others = [other for other in pool if other.name != persona.name and other.language == persona.language]
    choices: list[ForcedChoice] = []
    missing: dict[str, int] = {}
    for statement in _at_most(persona.statements, n, seed):
        if statement.speaker != "self":
            missing["not_self"] = missing.get("not_self", 0) + 1
            continue
        probe = probe_of(statement, persona.language)
        if whole:
            probe = Probe(question=probe.question, answer=statement.text)
        rng = random.Random(f"{seed}/{statement.id}")
        distractors = _distractors(persona, statement, probe, others, count=options - 1, rng=rng)
        if len(distractors) < options - 1:
            missing["no_distractors"] = missing.get("no_distractors", 0) + 1
            continue
        listed = [probe.answer, *distractors]
        rng.shuffle(listed)
        choices.append(
            ForcedChoice(
                statement_id=statement.id,
                kind=statement.kind,
                statement=statement.text,
                question=probe.question,
                options=tuple(listed),
                answer=listed.index(probe.answer),
            )
        )
    return choices, missing


def reminder(choice: ForcedChoice, language: str) -> str:
    """The question with the statement said right before it."""
    template: str = texts("probes", language)["reminder"]
    return template.format(statement=choice.statement, question=choice.question)


def _distractors(
    persona: Persona, statement: Statement, probe: Probe, others: Sequence[Persona], *, count: int, rng: random.Random
) -> list[str]:
    """Answers of the same kind from others, nearest in length first, so that length does not give the answer away."""
    own = [probe.answer, *(other.text for other in persona.statements)]
    own += [other.probe.answer for other in persona.statements if other.probe]
    candidates = [
        answer
        for answer in _answers_of_kind(statement, others, whole=probe.answer == statement.text)
        if not any(_alike(answer, fact) for fact in own)
    ]
    candidates += [
        answer
        for answer in texts("probes", persona.language).get("distractors", {}).get(statement.kind, [])
        if answer not in own
    ]
    unique = list(dict.fromkeys(candidates))
    rng.shuffle(unique)
    unique.sort(key=lambda answer: abs(len(answer.split()) - len(probe.answer.split())))
    return unique[:count]


def _alike(answer: str, fact: str) -> bool:
    if not tokenise(answer, "unicode"):
        return answer == fact
    return unigram_f1(answer, fact, tokeniser="unicode") >= TOO_SIMILAR_F1


def _answers_of_kind(statement: Statement, others: Sequence[Persona], *, whole: bool) -> list[str]:
    return [
        other.text if whole or other.probe is None else other.probe.answer
        for persona in others
        for other in persona.statements
        if other.kind == statement.kind and other.speaker == "self"
    ]


def _at_most(statements: Sequence[Statement], n: int | None, seed: int) -> Sequence[Statement]:
    if n is None or n >= len(statements):
        return statements
    chosen = sorted(random.Random(seed).sample(range(len(statements)), n))
    return [statements[index] for index in chosen]
