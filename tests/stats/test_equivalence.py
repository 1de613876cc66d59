"""Two one-sided tests and Holm's correction against tables, hand arithmetic and their own symmetry."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.equivalence import holm, tost


def test_the_border_of_equivalence_is_the_quantile_of_the_t_table():
    # ten differences with mean .5 and standard error .1; t(.95, 9) = 1.8331: the 90 % interval ends at .68331
    spread = 0.1 * math.sqrt(10)
    base = np.array([1.0, -1.0] * 5)
    differences = 0.5 + base / base.std(ddof=1) * spread
    assert tost(differences, 0.6834).equivalent
    assert not tost(differences, 0.6832).equivalent
    assert tost(differences, 0.683311).p == pytest.approx(0.05, abs=1e-4)
    assert tost(differences, 1.0).high == pytest.approx(0.68331, abs=1e-5)


def test_differences_that_are_all_the_same_are_equivalent_below_the_margin_only():
    assert tost([0.2] * 12, 0.25).equivalent
    assert tost([0.2] * 12, 0.25).p == 0.0
    assert not tost([0.25] * 12, 0.25).equivalent
    assert tost([-4.0] * 12, 0.25).p == 1.0


def test_no_difference_seen_in_few_noisy_pairs_is_not_equivalence():
    found = tost([2.0, -2.0, 1.0, -1.0], 0.25)
    assert found.difference == 0.0
    assert not found.equivalent


def test_without_two_differences_there_is_a_reason():
    assert tost([], 0.25).reason.startswith("0 differences")
    assert (tost([1.0], 0.25).difference, tost([1.0], 0.25).equivalent) == (1.0, None)


@pytest.mark.parametrize("delta", [0.0, -1.0, math.nan, math.inf])
def test_a_margin_that_is_none_is_refused(delta):
    with pytest.raises(UsageError, match="margin"):
        tost([0.1, 0.2], delta)


def test_differences_that_are_not_finite_are_refused():
    with pytest.raises(UsageError):
        tost([0.1, math.nan], 0.25)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40), st.floats(0.01, 3))
def test_the_direction_of_a_difference_does_not_matter(differences, delta):
    one, other = tost(differences, delta), tost([-each for each in differences], delta)
    assert one.p == pytest.approx(other.p, abs=1e-9)
    assert one.difference == pytest.approx(-other.difference, abs=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40), st.floats(0.01, 3))
def test_equivalent_says_that_the_interval_lies_within_the_margin(differences, delta):
    found = tost(differences, delta)
    assume(found.se and abs(abs(found.low) - delta) > 1e-6 and abs(abs(found.high) - delta) > 1e-6)
    assert found.equivalent == (-delta < found.low and found.high < delta)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=20), st.floats(0.01, 2), st.floats(0.01, 2))
def test_a_wider_margin_is_never_harder_to_meet(differences, delta, more):
    assert tost(differences, delta + more).p <= tost(differences, delta).p + 1e-12


def test_holm_multiplies_the_smallest_by_their_number():
    # R: p.adjust(c(.01, .02, .03, .04, .05), "holm") = .05 .08 .09 .09 .09
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert holm([0.5, 0.001]) == pytest.approx((0.5, 0.002))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=30))
def test_holm_keeps_the_order_and_never_lowers_a_p(ps):
    adjusted = holm(ps)
    assert all(p <= new <= 1 for p, new in zip(ps, adjusted, strict=True))
    order = sorted(range(len(ps)), key=ps.__getitem__)
    assert all(adjusted[a] <= adjusted[b] for a, b in pairwise(order))
    assert all(new <= min(1.0, p * len(ps)) + 1e-12 for p, new in zip(ps, adjusted, strict=True))


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_a_number_that_is_no_p_value_is_refused(p):
    with pytest.raises(UsageError, match="p value"):
        holm([0.1, p])
