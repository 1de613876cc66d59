"""The grammar of a turn: one action, its name, its words, and nothing before it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.judges.verdicts import Problem
from personae.measure.elicitation import Action, read_action


@pytest.mark.parametrize(
    "said",
    [
        "###ACTION###\nask_question\nHow long?",
        "###ACTION### ask_question: How long?",
        "\n###ACTION###\n\nask_question\n\nHow long?\n",
        "<think>###ACTION###?</think>###ACTION###\nask_question\nHow long?",
    ],
)
def test_an_action_is_read_in_the_forms_it_may_have(said):
    assert read_action(said) == Action("ask_question", "How long?")


def test_a_final_answer_may_have_many_lines():
    assert read_action("###ACTION###\nfinal_answer\nOne.\n\nTwo.") == Action("final_answer", "One.\n\nTwo.")


@pytest.mark.parametrize(
    "said",
    [
        "How long?",
        "Sure! ###ACTION###\nask_question\nHow long?",
        "###ACTION###\nask_question",
        "###ACTION###\nask_questions\nHow long?",
        "###ACTION###\nsing\nLa.",
        "###ACTION###\nask_question\nHow long?\n###ACTION###\nfinal_answer\nSo.",
        "###action###\nask_question\nHow long?",
        "###ACTION###" + " " * 500 + "ask_question How long?",
        "x" * 30_000,
        "",
    ],
)
def test_anything_else_is_a_problem_that_says_what_to_do(said):
    assert isinstance(read_action(said), Problem)


@given(st.text(max_size=200))
def test_any_text_is_an_action_or_a_problem(text):
    found = read_action(f"###ACTION###\nfinal_answer\n{text}")
    assert isinstance(found, Problem) or found.text == text.strip()


def test_hostile_turns_are_read_in_no_time():
    start = time.process_time()
    for hostile in ("###ACTION###" + "\n" * 19_000, "#" * 20_000, "###ACTION### ask_question" + " " * 19_000):
        read_action(hostile)
    assert time.process_time() - start < 5
