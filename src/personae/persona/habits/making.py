"""From one fact to a schema: a first-person passage about it, then the schema of the passage. Two calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from personae.errors import FormatError
from personae.files import bundled
from personae.persona.habits.schema import HabitSchema, read_schema
from personae.persona.parts import Statement
from personae.types import Message, Model, Outcome, Settings


@dataclass(frozen=True)
class Made:
    """A schema, or how the attempt ended: `outcome` is that of the call that failed, `error` what could not be read."""

    schema: HabitSchema | None = None
    passage: str = ""
    outcome: Outcome = "answered"
    error: str = field(default="", compare=False)


async def schema_of(statement: Statement, model: Model, settings: Settings | None = None) -> Made:
    """What lies behind a fact, written by a model of some ability: a passage, then its schema, one example for each.

    A schema that is no valid JSON, or lacks a field, is the outcome "unparsed", and `error` names the field.
    """
    settings = settings or Settings(temperature=0.7, max_tokens=700)
    told = await model.generate(prompt("passage", statement.text), settings)
    if told.outcome != "answered":
        return Made(outcome=told.outcome)
    passage = told.text.strip()
    drawn = await model.generate(prompt("schema", f"{statement.text}\n\n{passage}"), settings)
    if drawn.outcome != "answered":
        return Made(passage=passage, outcome=drawn.outcome)
    try:
        return Made(read_schema(drawn.text, source=statement.id), passage)
    except FormatError as error:
        return Made(passage=passage, outcome="unparsed", error=str(error))


def prompt(step: str, text: str) -> tuple[Message, ...]:
    """What the model reads for a step ("passage", "schema"): the task, one example, the text."""
    asked = texts()[step]
    return (
        Message("system", asked["task"].strip()),
        Message("user", asked["example"]["given"].strip()),
        Message("assistant", asked["example"]["written"].strip()),
        Message("user", text),
    )


def texts() -> Any:
    """The tasks and examples of this room."""
    return bundled(__package__, "texts/habits.en.yaml")
