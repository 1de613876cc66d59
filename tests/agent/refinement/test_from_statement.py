"""Rewriting by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent.refinement import ReplySpan, from_statement
from personae.agent.refinement.numbers import in_place_of, numbers, value

REWRITES = [
    ("Born? I am 40, why?", "40", "I am 32 years old.", "Born? I am 32, why?"),
    ("I had one for my 18th!", "18th", "I am twenty-four.", "I had one for my 24th!"),
    ("I am the shortest of 3 sisters.", "3", "I have four sisters.", "I am the shortest of four sisters."),
    ("Well, I am a teacher at the school.", "teacher", "I am a nurse.", "Well, I am a nurse at the school."),
    ("I work as a cook and you?", "cook", "I am a plumber.", "I work as a plumber and you?"),
    ("I'm from Porto, you know.", "Porto", "I live in Faro.", "I'm from Faro, you know."),
    ("My name is Lee.", "Lee", "My name is Ana Reis.", "My name is Ana Reis."),
    ("My favorite color is red!", "red", "My favourite colour is moss green.", "My favorite color is moss green!"),
    ("Oh, I love parties.", "love", "I do not enjoy parties.", "Oh, I do not enjoy parties."),
    ("I can't stand jazz, sorry.", "stand", "I love jazz.", "I love jazz, sorry."),
    ("I have two cats at home.", "cats", "I do not own any pets.", "I do not have any cats at home."),
    ("I have a dog.", "dog", "I have never had a pet.", "I do not have a dog."),
    ("Nice! My son plays chess.", "son", "I have no children.", "Nice! I have no children."),
    ("Yes, my wife is tall.", "wife", "My wife died last year.", "Yes, my wife died last year."),
    ("Are you in Rome with my kids?", "kids", "I have no children.", "I have no children."),
]


@pytest.mark.parametrize(("reply", "word", "statement", "wanted"), REWRITES)
async def test_the_value_comes_from_the_statement(reply: str, word: str, statement: str, wanted: str) -> None:
    start = reply.index(word)
    proposals = await from_statement(reply, [ReplySpan(start, start + len(word), 0.5)], [statement])
    assert wanted in proposals.texts
    assert reply not in proposals.texts
    assert proposals.usage.prompt_tokens == 0


async def test_the_smallest_change_stands_first_and_the_whole_statement_last() -> None:
    reply = "that sounds fun , i am a teacher at the public school ."
    proposals = await from_statement(reply, [ReplySpan(25, 32, 0.5)], ["i am a nurse ."])
    assert proposals.texts == (
        "that sounds fun , i am a nurse at the public school .",
        "that sounds fun , i am a nurse .",
        "i am a nurse .",
    )


async def test_a_number_outside_the_spans_is_left_alone() -> None:
    reply = "I have 2 sons and 3 cats."
    proposals = await from_statement(reply, [ReplySpan(7, 8, 0.5)], ["I have 5 sons."])
    assert proposals.texts[0] == "I have 5 sons and 3 cats."
    assert not any("5 cats" in text for text in proposals.texts)


async def test_clauses_without_a_span_stay_byte_for_byte() -> None:
    reply = "Hm…  I am a cook;   and YOU?!"
    proposals = await from_statement(reply, [ReplySpan(12, 16, 0.5)], ["I am a nurse."])
    assert all(text.startswith("Hm…  ") and text.endswith(";   and YOU?!") for text in proposals.texts[:1])


async def test_nothing_to_propose_is_said() -> None:
    assert (await from_statement("I am 32.", [], ["I am 32."])).outcome == "empty"


@given(st.text(max_size=80), st.text(min_size=1, max_size=80), st.integers(0, 80), st.integers(1, 20))
async def test_any_text_can_be_rewritten(reply: str, statement: str, start: int, length: int) -> None:
    proposals = await from_statement(reply, [ReplySpan(start, start + length, 0.5)], [statement])
    assert reply not in proposals.texts
    assert len(set(proposals.texts)) == len(proposals.texts)


@pytest.mark.parametrize(("text", "number"), [("ninety-nine", 99), ("Twenty", 20), ("fifty - six", 56), ("7th", 7)])
def test_numbers_are_read(text: str, number: int) -> None:
    assert [value(match) for match in numbers(text)] == [number]


@pytest.mark.parametrize(
    ("number", "wanted"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (24, "24th")]
)
def test_an_ordinal_stays_an_ordinal(number: int, wanted: str) -> None:
    assert in_place_of(numbers(str(number))[0], numbers("my 5th")[0]) == wanted
