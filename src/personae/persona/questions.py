"""Questions that bring one statement to light, with the short answer the statement gives.

Templates by the shape and kind of the statement, offline (`questions_for`, `probed`), or written by a model and checked
(`questions_with`). English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from personae.persona.answers import content, parse_items
from personae.persona.parts import Probe, Statement
from personae.persona.persona import Persona
from personae.persona.perspective import to_first_person
from personae.persona.texts import texts
from personae.types import Message, Model, Outcome, Settings, Usage

#: A question of more words is none that a person would ask in passing.
MAX_QUESTION_WORDS = 25
#: Share of an answer's content words that must stand in the statement: more than this is invented.
SAID = 0.5
#: How a model is asked for questions: a fresh sample, for they should differ (T = 1, as in Global Faithfulness 2024).
SETTINGS = Settings(temperature=1.0, top_p=1.0, max_tokens=400)

_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions a model wrote for one statement that passed the checks, and what became of the others.

    rejected: counts by reason: "malformed", "no_question", "too_long", "gives_away" (it holds the answer), "invented"
              (the answer is not in the statement), "duplicate".
    """

    probes: tuple[Probe, ...]
    outcome: Outcome
    rejected: Mapping[str, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)


def questions_for(
    statement: Statement, *, n: int = 3, name: str | None = None, pronouns: str = "they"
) -> tuple[Probe, ...]:
    """Up to `n` questions for a statement, the plainest first; at least one.

    Where a template knows the shape of the statement the answer is the value, else the whole statement. A statement in
    the third person needs the `name` to be read.

    >>> statement = Statement(id="a", text="I have a dog named Rex.", kind="pet")
    >>> [(probe.question, probe.answer) for probe in questions_for(statement, n=1)]
    [('What is your dog called?', 'Rex.')]
    """
    text = statement.text
    if name is not None and statement.person == "third":
        text = to_first_person(text, name, pronouns)
    for kind, pattern, asked, answer in _shapes():
        found = pattern.search(text) if kind in (None, statement.kind) and statement.speaker == "self" else None
        if found:
            groups = {key: value.strip() for key, value in found.groupdict().items()}
            answered = _sentence(answer.format(**groups))
            return tuple(Probe(question=question.format(**groups), answer=answered) for question in asked[:n])
    by_kind = texts("questions")["by_kind"]
    return tuple(
        Probe(question=question, answer=text) for question in by_kind.get(statement.kind, by_kind["other"])[:n]
    )


def probed(persona: Persona) -> Persona:
    """The persona with a question for each of its own statements that has none and whose shape a template knows.

    Statements that no shape fits stay as they are, as do personas in other languages than English; measures ask them
    the general question of their kind.

    >>> ana = Persona(name="Ana", statements=[{"id": "a", "text": "I live in Porto.", "kind": "residence"}])
    >>> probed(ana).statement("a").probe.answer
    'In Porto.'
    """
    if persona.language != "en":
        return persona
    pronouns = persona.identity.pronouns or "they"
    statements = []
    for statement in persona.statements:
        if statement.probe is None and statement.speaker == "self":
            probe = questions_for(statement, n=1, name=persona.name, pronouns=pronouns)[0]
            if probe.answer != _first(statement, persona.name, pronouns):
                statement = statement.model_copy(update={"probe": probe})
        statements.append(statement)
    return persona.edited(statements=tuple(statements))


async def questions_with(
    model: Model, statement: Statement, *, name: str, n: int = 3, settings: Settings = SETTINGS
) -> Questions:
    """Questions a model writes for a statement, each checked; refused, empty, cut-off and unparsed answers give none.

    Raises what the model raises.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> model = Scripted(['{"questions": [{"question": "Where is your home?", "answer": "In Porto."}]}'])
    >>> fact = Statement(id="a", text="Ana lives in Porto.", person="third")
    >>> asyncio.run(questions_with(model, fact, name="Ana")).probes
    (Probe(question='Where is your home?', answer='In Porto.'),)
    """
    prompt = texts("questions")
    messages = (
        Message("system", prompt["system"].format(n=n, name=name)),
        Message("user", prompt["user"].format(statement=statement.text)),
    )
    completion = await model.generate(messages, settings)
    if completion.outcome != "answered":
        return Questions((), completion.outcome, usage=completion.usage)
    items = parse_items(completion.text, "questions")
    if items is None:
        return Questions((), "unparsed", usage=completion.usage)
    kept: dict[str, Probe] = {}
    rejected: dict[str, int] = {}
    for item in items:
        fault = _fault(item, statement.text, name, kept)
        if fault:
            rejected[fault] = rejected.get(fault, 0) + 1
        elif len(kept) < n:
            question = " ".join(item["question"].split())
            kept[question.casefold()] = Probe(question=question, answer=" ".join(item["answer"].split()))
    return Questions(tuple(kept.values()), "answered", rejected, completion.usage)


def _fault(item: Any, statement: str, name: str, kept: Mapping[str, Probe]) -> str | None:
    """Why a model's question is not taken."""
    question, answer = (item.get("question"), item.get("answer")) if isinstance(item, dict) else (None, None)
    if not isinstance(question, str) or not isinstance(answer, str) or not _WORD.search(answer):
        return "malformed"
    if not _WORD.search(question) or not question.rstrip().endswith("?"):
        return "no_question"
    if len(_WORD.findall(question)) > MAX_QUESTION_WORDS:
        return "too_long"
    if " ".join(question.split()).casefold() in kept:
        return "duplicate"
    said, told, asked = content(statement), content(answer), content(question) - content(name)
    if told and len(told & said) / len(told) < SAID:
        return "invented"
    return "gives_away" if told and told <= asked else None


def _first(statement: Statement, name: str, pronouns: str) -> str:
    return to_first_person(statement.text, name, pronouns) if statement.person == "third" else statement.text


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?…" else f"{text}."


@cache
def _shapes() -> tuple[tuple[str | None, re.Pattern[str], tuple[str, ...], str], ...]:
    return tuple(
        (row.get("kind"), re.compile(row["match"], re.IGNORECASE), tuple(row["ask"]), row["answer"])
        for row in texts("questions")["by_shape"]
    )
