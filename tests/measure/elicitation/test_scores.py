"""PrefAlign and NormAlign by hand, and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.elicitation import norm_align, pref_align


def test_pref_align_is_the_weighted_mean_of_the_scores():
    assert pref_align({"a": 5, "b": 1}, {"a": 0.5, "b": 0.5}) == 3.0
    assert pref_align({"a": 4, "b": 2, "c": 5}, {"a": 0.2, "b": 0.3, "c": 0.5}) == pytest.approx(3.9)


def test_weights_a_little_off_one_are_normalised_and_others_refused():
    assert pref_align({"a": 5, "b": 5}, {"a": 0.5, "b": 0.54}) == 5.0
    assert pref_align({"a": 5, "b": 5}, {"a": 0.5, "b": 0.45}) == 5.0
    for weights in ({"a": 0.5, "b": 0.4}, {"a": 0.6, "b": 0.5}, {"a": 1.2, "b": -0.2}, {"a": float("nan"), "b": 0.5}):
        with pytest.raises(UsageError, match="sum to 1"):
            pref_align({"a": 5, "b": 5}, weights)


@pytest.mark.parametrize("scores", [{"a": 0}, {"a": 6}, {"a": 2.5}, {"a": True}, {}, {"a": 1, "b": 1}])
def test_scores_are_whole_numbers_from_1_to_5_of_the_attributes_weighed(scores):
    with pytest.raises(UsageError):
        pref_align(scores, {"a": 1.0})


def test_the_oracle_is_100_and_the_baseline_0():
    baseline, oracle = [2.0, 3.0, 2.5], [4.0, 4.5, 5.0]
    assert norm_align(oracle, baseline, oracle).value == pytest.approx(100)
    assert norm_align(baseline, baseline, oracle).value == pytest.approx(0)


def test_asking_that_makes_it_worse_is_negative_and_counted():
    found = norm_align([2.0, 4.0, 2.0, 1.0], [3.0, 3.0, 3.0, 3.0], [5.0, 5.0, 5.0, 3.0])
    assert found.value == pytest.approx(-50)
    assert found.details["negative"] == pytest.approx(2 / 3)


def test_an_oracle_that_equals_the_baseline_is_a_reason_and_no_number():
    found = norm_align([4.0, 1.0], [3.0, 3.0], [3.0, 3.0])
    assert found.value is None
    assert "nothing to normalise by" in found.reason
    assert norm_align([], [], []).value is None


def test_unequal_lengths_and_missing_values_are_refused():
    with pytest.raises(UsageError):
        norm_align([4.0], [3.0, 2.0], [5.0, 5.0])
    with pytest.raises(UsageError, match="finite"):
        norm_align([float("nan")], [3.0], [5.0])


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=8))
def test_pref_align_stays_between_the_lowest_and_the_highest_score(pairs):
    total = sum(weight for _, weight in pairs)
    scores = {str(n): score for n, (score, _) in enumerate(pairs)}
    value = pref_align(scores, {str(n): weight / total for n, (_, weight) in enumerate(pairs)})
    assert min(scores.values()) - 1e-9 <= value <= max(scores.values()) + 1e-9
