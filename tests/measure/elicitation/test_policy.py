"""The question policy on a population of which everything is known: 4 blocks of 5 attributes, one fair bit a block."""

from __future__ import annotations

import math
import random

import pytest

from personae.errors import UsageError
from personae.measure.elicitation import (
    AtRandom,
    InformationGain,
    blocks,
    expected_drops,
    past_users,
    predicted,
    question_trial,
    split_users,
)
from personae.measure.elicitation.policy import weights
from personae.measure.elicitation.populations import answered_questions

PAST, NEW = blocks(1000, seed=1), blocks(200, seed=2)


def test_information_gain_knows_the_rest_after_five_questions():
    """At least .95; the reference is .962; one bit a block, told and guessed with a flip of .02, gives .961."""
    found = question_trial(PAST, NEW, InformationGain())
    assert found.value >= 0.95
    assert found.value == pytest.approx(0.98**2 + 0.02**2, abs=0.01)
    assert found.n == 200 * 15


def test_random_questions_know_less():
    """At most .87; the reference is .840."""
    found = question_trial(PAST, NEW, AtRandom(random.Random(3)))
    assert found.value <= 0.87
    assert found.value == pytest.approx(0.84, abs=0.03)


def test_the_first_four_questions_go_to_four_blocks():
    asked = list(answered_questions(past_users(PAST), NEW[0], InformationGain(), 5))
    assert {name[:2] for name in asked[:4]} == {"b0", "b1", "b2", "b3"}


def test_an_equal_answer_weighs_nineteen_times_another():
    past = past_users([{"a": "yes"}] * 4 + [{"a": "no"}] * 4)
    found = weights(past, {"a": "yes"})
    assert found.sum() == pytest.approx(1)
    assert found[0] / found[-1] == pytest.approx(19)


def test_the_expected_drop_is_that_of_hand_arithmetic():
    """Two equal yes-no attributes: knowing one lowers the entropy of the other from ln 2 to H(.95)."""
    past = past_users([{"a": "yes", "b": "yes"}, {"a": "no", "b": "no"}] * 4)
    drops = expected_drops(past, {})
    left = -(0.95 * math.log(0.95) + 0.05 * math.log(0.05))
    assert drops == {"a": pytest.approx(math.log(2) - left), "b": pytest.approx(math.log(2) - left)}
    assert expected_drops(past, {"a": "yes"}) == {"b": 0.0}


def test_unknown_answers_speak_neither_way():
    past = past_users([{"a": "yes", "b": "yes"}] * 4 + [{"b": "no"}] * 4)
    found = weights(past, {"a": "yes"})
    assert found[0] / found[-1] == pytest.approx(1.9)
    assert weights(past, {"a": "never said"}) == pytest.approx([1 / 8] * 8)


def test_attributes_too_few_users_have_are_dropped():
    few = [{"a": "x"} for _ in range(37)] + [{"a": "y", "rare": "x"}] * 3
    assert past_users(few).attributes == ("a",)
    assert past_users([*few, {"a": "x", "rare": "y"}]).attributes == ("a",)
    assert past_users([{"a": "x"} for _ in range(36)] + [{"a": "y", "rare": "x"}] * 4).attributes == ("a", "rare")
    with pytest.raises(UsageError, match="no attribute"):
        past_users([{"a": "x"}])
    with pytest.raises(UsageError, match="no past users"):
        past_users([])


def test_the_rest_is_guessed_from_users_who_answered_alike():
    past = past_users([{"a": "yes", "b": "tea", "c": "x"}] * 5 + [{"a": "no", "b": "beer", "c": "x"}] * 6)
    assert predicted(past, {})["b"] == "beer"
    assert predicted(past, {"a": "yes"}) == {"b": "tea", "c": "x"}


def test_a_split_is_by_task_and_seed_and_leaves_nobody_in_both():
    users = [f"u{n}" for n in range(50)]
    past, new = split_users(users, "letters")
    assert (len(past), len(new)) == (45, 5)
    assert sorted((*past, *new)) == sorted(users)
    assert split_users(users, "letters") == (past, new)
    assert split_users(reversed(users), "letters") == (past, new)
    assert split_users(users, "recipes")[1] != new
    with pytest.raises(UsageError):
        split_users(["one"], "letters")


def test_a_budget_beyond_the_attributes_asks_each_once():
    past = past_users(PAST)
    assert len(answered_questions(past, NEW[0], InformationGain(), 99)) == 20
    with pytest.raises(UsageError):
        answered_questions(past, NEW[0], InformationGain(), 0)
