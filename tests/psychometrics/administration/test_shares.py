"""One softmax, the mass before it, and bounds where an option is missing from a top-k list."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.psychometrics.administration.shares import shares, shares_of_top


def test_probabilities_are_scaled_to_one_and_the_mass_is_kept():
    found = shares([math.log(0.10), math.log(0.05), math.log(0.05)], (1, 2, 3))
    assert found.probs == pytest.approx((0.5, 0.25, 0.25))
    assert found.mass == pytest.approx(0.2)
    assert found.expected == pytest.approx(1.75)
    assert found.best == (0,)
    assert (found.low, found.high, found.missing) == (None, None, ())


def test_equal_options_are_all_best():
    assert shares([math.log(0.3), math.log(0.4), math.log(0.4)], (1, 2, 3)).best == (1, 2)


def test_an_impossible_option_has_no_bounds_and_a_missing_one_has():
    logs = [math.log(0.6), math.log(0.3), -math.inf]
    assert shares(logs, (1, 2, 3)).low is None
    found = shares(logs, (1, 2, 3), p_k=0.05)
    assert found.missing == (2,)
    assert found.low == pytest.approx(1.2 / 0.9)  # the missing option has nothing
    assert found.high == pytest.approx((0.6 + 0.6 + 0.15) / 0.95)  # it has all of p_k


def test_a_missing_option_has_no_more_than_the_others_leave():
    found = shares([math.log(0.95), -math.inf], (1, 2), p_k=0.5)
    assert found.high == pytest.approx(1.05)


def test_no_probability_at_all_is_no_distribution():
    assert shares([-math.inf, -math.inf], (1, 2)) is None
    assert shares_of_top({}, ["1", "2"]) is None
    assert shares_of_top({"Well": -0.1}, ["1", "2"]) is None


def test_very_small_log_probabilities_do_not_vanish():
    found = shares([-2_000.0, -2_000.0 + math.log(3)], (1, 2))
    assert found.probs == pytest.approx((0.25, 0.75))
    assert found.mass == 0.0


def test_forms_of_one_label_add_up_and_the_least_listed_token_bounds_the_rest():
    found = shares_of_top({"A": math.log(0.4), " A": math.log(0.2), "B": math.log(0.2), "The": math.log(0.02)}, "ABC")
    assert found.probs == pytest.approx((0.75, 0.25, 0.0))
    assert found.missing == (2,)
    assert found.high == pytest.approx((0.6 + 0.4 + 0.06) / 0.82)


@pytest.mark.parametrize("logprobs", [[-1.0], [math.nan, -1.0]])
def test_wrong_numbers_are_an_error(logprobs):
    with pytest.raises(UsageError):
        shares(logprobs, (1, 2))


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1.0)), min_size=2, max_size=6).filter(any),
    st.floats(0.0, 0.3),
)
def test_the_bounds_are_the_best_and_worst_of_all_corners(weights, p_k):
    scale = 0.8 / sum(weights)
    points = range(1, len(weights) + 1)
    logs = [math.log(weight * scale) if weight else -math.inf for weight in weights]
    found = shares(logs, points, p_k=p_k)
    if not found.missing:
        return
    most = min(p_k, 0.2)
    corners = []
    for given_ in itertools.product((0.0, most), repeat=len(found.missing)):
        full = [weight * scale for weight in weights]
        for index, value in zip(found.missing, given_, strict=True):
            full[index] = value
        corners.append(sum(p * x for p, x in zip(full, points, strict=True)) / sum(full))
    assert (found.low, found.high) == pytest.approx((min(corners), max(corners)))
