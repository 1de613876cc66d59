"""From a fact to its schema: two calls, one example each, and every way it can fail."""

from __future__ import annotations

import json

import pytest

from personae.models import Scripted
from personae.persona.habits import schema_of
from personae.persona.habits.making import prompt, texts
from personae.persona.habits.schema import HabitSchema, read_schema
from personae.persona.parts import Statement
from personae.types import Completion

TEA = Statement(id="tea", text="I make tea at four.")
SCHEMA = HabitSchema("I make tea at four.", episodes=("I warm the pot.",))


async def test_the_passage_of_the_first_call_is_read_by_the_second():
    model = Scripted(["At four I warm the pot.", json.dumps(SCHEMA.to_dict())])
    made = await schema_of(TEA, model)
    assert made.schema is not None
    assert (made.schema.event, made.schema.source, made.passage) == (SCHEMA.event, "tea", "At four I warm the pot.")
    assert "At four I warm the pot." in model.history[1].messages[-1].content
    assert [len(call.messages) for call in model.history] == [4, 4]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([""], "empty"),
        ([Completion("", stop="refusal")], "refused"),
        ([Completion("At four", stop="length")], "truncated"),
        (["At four.", ""], "empty"),
        (["At four.", Completion('{"event', stop="length")], "truncated"),
    ],
)
async def test_an_answer_that_is_none_is_named(answers, outcome):
    made = await schema_of(TEA, Scripted(answers))
    assert (made.schema, made.outcome) == (None, outcome)


async def test_a_schema_without_a_field_is_unparsed_and_the_field_is_named():
    made = await schema_of(TEA, Scripted(["At four.", '{"event": "I make tea."}']))
    assert (made.schema, made.outcome) == (None, "unparsed")
    assert "preconditions: the field is missing" in made.error


def test_our_own_example_is_a_schema():
    assert len(read_schema(texts()["schema"]["example"]["written"]).lines()) == 3 + 2 + 2 + 1 + 6
    assert [message.role for message in prompt("schema", "x")] == ["system", "user", "assistant", "user"]
