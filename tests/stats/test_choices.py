"""Ranks, calibration and places of multiple-choice answers, against closed forms."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.metrics.retrieval import rank
from personae.stats.choices import Uniform, brier, check_shares, credit, expected_rank, identification, places

rows = st.lists(st.integers(0, 5), min_size=2, max_size=6).filter(sum).map(lambda w: [x / sum(w) for x in w])


def test_a_uniform_answer_to_four_options_scores_the_closed_forms():
    found = identification([[0.25] * 4] * 8, [0, 1, 2, 3] * 2)
    assert found.brier == pytest.approx(0.1875)
    assert found.mean_rank == 2.5
    assert found.top_1.value == 0.25
    assert found.top_2.value == 0.5
    assert found.ece == pytest.approx(0.0)
    assert found.uniform == Uniform(0.25, 0.5, 2.5, 0.1875)


def test_a_constant_confidence_of_a_quarter_errs_by_its_distance_to_the_accuracy():
    # nearly uniform, always leaning to option 0, which is right 3 times in 4
    rows = [[0.25 + 3e-6, 0.25 - 1e-6, 0.25 - 1e-6, 0.25 - 1e-6]] * 4
    assert identification(rows, [0, 0, 0, 1]).ece == pytest.approx(abs(0.25 - 0.75), abs=1e-4)


def test_a_sure_and_right_answer_has_no_error():
    found = identification([[0.0, 1.0, 0.0, 0.0]] * 5, [1] * 5)
    assert (found.brier, found.ece, found.mean_rank, found.top_1.value) == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("k", [2, 3, 4, 5, 7])
def test_the_closed_forms_are_what_a_uniform_answer_gets(k):
    uniform = Uniform.of([k])
    assert brier([1 / k] * k, 0) == pytest.approx(uniform.brier)
    assert credit([1 / k] * k, k - 1) == pytest.approx(uniform.top_1)
    assert credit([1 / k] * k, k - 1, k=2) == pytest.approx(uniform.top_2)
    assert expected_rank([1 / k] * k, 0) == pytest.approx(uniform.mean_rank)


@given(rows, st.integers(1, 4))
def test_expected_credit_is_the_mean_over_all_ways_to_break_ties(shares, k):
    gold = 0
    hits = []
    for order in itertools.permutations(range(len(shares))):
        ranked = sorted(order, key=lambda option: -shares[option])
        hits.append(ranked.index(gold) < k)
    assert credit(shares, gold, k=k) == pytest.approx(sum(hits) / len(hits))


@given(rows)
def test_the_rank_agrees_with_retrieval_and_order_does_not_matter(shares):
    assert expected_rank(shares, 0) == rank(shares, 0)
    turned = [*shares[1:], shares[0]]
    assert expected_rank(turned, len(shares) - 1) == expected_rank(shares, 0)
    assert brier(turned, len(shares) - 1) == pytest.approx(brier(shares, 0))


def test_five_way_questions_keep_all_five_probabilities():
    assert brier([0.0, 0.0, 0.0, 0.0, 1.0], 4) == 0.0
    assert brier([0.0, 0.0, 0.0, 0.0, 1.0], 0) == pytest.approx(2 / 5)


def test_a_question_put_four_times_counts_once():
    often = identification([[0.9, 0.1]] * 4 + [[0.1, 0.9]], [0] * 5, questions=["a"] * 4 + ["b"])
    assert often.top_1.value == 0.5
    assert (often.n, often.rows) == (2, 5)


def test_a_judge_qualifies_only_above_its_baseline_and_below_the_uniform_brier():
    good = identification([[0.8, 0.1, 0.1]] * 40, [0] * 40)
    assert good.shortfalls(0.338) == ()
    assert len(good.shortfalls(0.999)) == 1
    wrong = identification([[0.8, 0.1, 0.1]] * 40, [1] * 40)
    assert len(wrong.shortfalls(0.338)) == 2
    lucky = identification([[0.8, 0.1, 0.1]] * 4, [0, 0, 0, 1])
    assert lucky.top_1.value == 0.75
    assert "lower bound" in lucky.shortfalls(0.338)[0]


def test_mixed_numbers_of_options_have_a_mixed_floor():
    assert Uniform.of([4, 5]).top_1 == pytest.approx((1 / 4 + 1 / 5) / 2)
    assert Uniform.of([4, 5]).brier == pytest.approx((0.1875 + 0.16) / 2)


def test_answers_at_random_show_no_taste_for_a_place():
    rng = random.Random(3)
    shown = [[float(place == pick) for place in range(4)] for pick in (rng.randrange(4) for _ in range(400))]
    found = places(shown)
    assert not found.biased
    assert found.picked_test.df == 3


def test_always_the_first_place_is_a_bias_after_few_questions():
    found = places([[1.0, 0.0, 0.0, 0.0]] * 8)
    assert found.picked[4] == (8.0, 0.0, 0.0, 0.0)
    assert found.biased
    assert not places([[1.0, 0.0, 0.0, 0.0]] * 3).biased


def test_rotations_of_one_question_are_one_observation():
    assert places([[1.0, 0.0]] * 40, questions=["same"] * 40).picked[2] == pytest.approx((1.0, 0.0))


def test_gold_options_that_stand_in_one_place_are_reported():
    found = places([[0.5, 0.5]] * 40, gold=[0] * 40)
    assert found.picked[2] == (20.0, 20.0)
    assert found.gold[2] == (40.0, 0.0)
    assert found.gold_test.p < 0.001
    assert places([[0.5, 0.5]]).gold_test is None


@pytest.mark.parametrize(
    "shares", [[1.0], [], [0.5, 0.4], [1.5, -0.5], [float("nan"), 1.0], [0.5, 0.50002], [float("inf"), 0.0]]
)
def test_what_is_no_distribution_is_an_error(shares):
    with pytest.raises(UsageError):
        check_shares(shares)
    with pytest.raises(UsageError):
        identification([shares], [0])


def test_a_gold_option_that_is_not_there_is_an_error():
    with pytest.raises(UsageError):
        identification([[0.5, 0.5]], [2])
    with pytest.raises(UsageError):
        identification([], [])
