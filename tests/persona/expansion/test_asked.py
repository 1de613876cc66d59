"""Asking a model for facts: what it reads, and which answers count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.models import Scripted
from personae.persona.expansion import SLOTS, AskedFacts
from personae.persona.expansion.asked import prompt, read_facts
from personae.persona.expansion.facts import texts
from personae.persona.parts import Statement
from personae.types import Completion

BEES = Statement(id="bees", text="I keep bees.")


async def test_each_slot_is_asked_once_and_the_facts_carry_slot_and_source():
    model = Scripted(lambda messages: "- I wear white on Sundays.\n- I am slow to anger.")
    proposed = await AskedFacts(model)(BEES)
    assert len(model.history) == 5
    assert {fact.slot for fact in proposed.facts} == set(SLOTS)
    assert all(fact.source == BEES and fact.confidence == 0.7 for fact in proposed.facts)
    assert proposed.missing == {}


async def test_every_way_not_to_answer_is_counted_by_its_own_name():
    answers = [
        Completion("", stop="refusal"),
        Completion(""),
        Completion("- I wear white and", stop="length"),
        Completion("Sure, here are some facts:\n- I wear white."),
        Completion("- I wear white."),
    ]
    proposed = await AskedFacts(Scripted(answers))(BEES)
    assert proposed.missing == {"refused": 1, "empty": 1, "truncated": 1, "unparsed": 1}
    assert [fact.text for fact in proposed.facts] == ["I wear white."]


async def test_no_more_than_five_facts_of_a_slot_are_taken():
    model = Scripted(lambda messages: "\n".join(f"- I have {n} hives." for n in range(9)))
    assert len((await AskedFacts(model)(BEES)).facts) == 25


@pytest.mark.parametrize("slot", SLOTS)
def test_the_prompt_shows_five_examples_then_the_statement(slot):
    messages = prompt(BEES.text, slot)
    assert [m.role for m in messages] == ["system", *["user", "assistant"] * 5, "user"]
    assert messages[-1].content == BEES.text
    assert texts("asked.en")["slots"][slot]["ask"] in messages[0].content


@pytest.mark.parametrize("slot", SLOTS)
def test_our_examples_are_answers_the_parser_takes(slot):
    for message in prompt(BEES.text, slot):
        if message.role == "assistant":
            assert read_facts(message.content)


@pytest.mark.parametrize(
    "answer",
    ["I keep bees.", "- She keeps bees.", "- " + "I am very " * 13, "- I keep bees.\nI hope this helps!", "", "-"],
)
def test_an_answer_with_anything_else_in_it_is_no_answer(answer):
    assert read_facts(answer) is None


@given(st.text())
def test_no_text_breaks_the_parser(answer):
    assert read_facts(answer) is None or read_facts(answer)
