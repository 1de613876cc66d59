"""Letters and parsed choices: strict, and each kind of missing answer by its own name."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.models.scoring import check_options, letters_prompt, parse_choice, parsed_scores, scores_from_top_logprobs
from personae.types import Completion, Message

OPTIONS = ("Tea with milk", "Coffee", "Neither of them")


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("B", 1),
        ("b.", 1),
        ("(B)", 1),
        ("[[C]]", 2),
        ("I weighed both. [[A]]", 0),
        ("coffee.", 1),
        ("B. Coffee", 1),
        ("(b) coffee", 1),
        ("**B**", 1),
        ("Answer: B", 1),
        ("The answer is C.", 2),
        ("B\n\nBecause I like it.", 1),
        ("tea  with\nmilk", 0),
        ("D", "unparsed"),
        ("[[A]] or [[B]]", "unparsed"),
        ("B. Tea with milk", "unparsed"),
        ("A nice cup would do.", "unparsed"),
        ("I like both.", "unparsed"),
        ("I'm sorry, but I can't choose.", "refused"),
        ("As an AI, I have no taste.", "refused"),
        ("", "empty"),
        (" \n", "empty"),
    ],
)
def test_a_reply_is_read_as_the_option_it_names_or_not_at_all(text, choice):
    assert parse_choice(text, OPTIONS) == choice


def test_a_letter_that_is_also_another_options_text_is_not_guessed():
    assert parse_choice("A", ["B", "A"]) == "unparsed"


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text):
    choice = parse_choice(text, OPTIONS)
    assert choice in (0, 1, 2, "refused", "unparsed", "empty")


def test_the_same_letter_in_several_tokens_adds_up():
    scores = scores_from_top_logprobs({"A": math.log(0.2), " A": math.log(0.3), "b": math.log(0.1)}, 3)
    assert scores[0] == pytest.approx(math.log(0.5))
    assert scores[1] == pytest.approx(math.log(0.1))
    assert scores[2] == -math.inf


def test_a_cut_off_reply_without_a_choice_is_truncated_and_a_filtered_one_refused():
    assert parsed_scores(Completion("Well, I think that", stop="length"), OPTIONS).outcome == "truncated"
    assert parsed_scores(Completion("B", stop="length"), OPTIONS).best() == 1
    assert parsed_scores(Completion("", stop="refusal"), OPTIONS).outcome == "refused"


def test_the_options_follow_the_last_user_turn_and_earlier_turns_stay():
    talk = (Message("system", "You are Ana."), Message("user", "What now?", name="Rui"))
    asked = letters_prompt(talk, OPTIONS)
    assert asked[0] == talk[0]
    assert asked[1].name == "Rui"
    assert asked[1].content.startswith("What now?\n\nA. Tea with milk\nB. Coffee\n")
    assert letters_prompt((*talk, Message("assistant", "Tea.")), OPTIONS)[-1].role == "user"


def test_more_options_than_letters_are_refused():
    with pytest.raises(UsageError, match="26"):
        letters_prompt([], [str(number) for number in range(27)])


def test_a_single_string_is_no_list_of_options():
    with pytest.raises(UsageError):
        check_options("Yes")
