"""Which letter an answer names: exactly one, or a reason. Nothing is guessed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.measure.preference_choice import Unread, read_letter


@pytest.mark.parametrize(
    "said",
    [
        "(c)", "c", "C", "c.", "[c]", "[[C]]", "**C**", "c) the lake", "C. The lake with level paths.", "Answer: c",
        "The answer is C.", "My choice: (c)", "I would choose option c here, for the view.", r"\boxed{c}",
        r"Not (a): too steep. So \boxed{(C)}.", r"\boxed{\text{C}}", "(c), because (c) is flat.",
        "I'd take a slow train, so (c).",
    ],
)  # fmt: skip
def test_one_letter_in_any_of_its_forms_is_read(said):
    assert read_letter(said, 4) == 2


@pytest.mark.parametrize(
    "said",
    ["(c), not (b)", "(c) or (d)", "B or C", "Either (a) or c", r"\boxed{a} \boxed{b}", "(c), not b", "A, B", "a or b"],
)
def test_two_letters_are_ambiguous_and_no_choice(said):
    found = read_letter(said, 4)
    assert isinstance(found, Unread)
    assert found.outcome == "unparsed"
    assert found.why.startswith("ambiguous")


@pytest.mark.parametrize(
    "said",
    [
        "The lake with level paths.", "I would choose a lake.", "Vitamin C is good for anybody who swims.", "(e)", "z",
        "not (b)", "Anything except (b).", r"\boxed{}", "(12)", "I", "Vitamin C helps",
        r"\boxed{lake}", "Plan something for Mr. B. Good",
    ],
)  # fmt: skip
def test_an_answer_without_a_letter_of_an_option_is_a_reason(said):
    found = read_letter(said, 4)
    assert isinstance(found, Unread)
    assert not found.why.startswith("ambiguous")


def test_refusals_and_silence_are_told_apart():
    assert read_letter("  ", 4).outcome == "empty"
    assert read_letter("I'm sorry, but I can't help with that.", 4).outcome == "refused"


@given(st.text(max_size=300), st.integers(2, 10))
def test_any_text_gives_an_option_or_a_reason(text, n):
    found = read_letter(text, n)
    assert isinstance(found, Unread) or 0 <= found < n


@pytest.mark.parametrize("hostile", ["(" * 19_000, "answer is " * 1_900, "not " * 4_900 + "(c)", "\\boxed{" * 2_500])
def test_hostile_answers_are_read_in_no_time(hostile):
    start = time.process_time()
    read_letter(hostile, 4)
    assert time.process_time() - start < 5
