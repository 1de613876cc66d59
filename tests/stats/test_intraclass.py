"""Intraclass correlations against the table of Shrout & Fleiss (1979), and limits that follow from the formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from personae.errors import UsageError
from personae.stats.intraclass import f_quantile, icc_1, icc_a1

#: Six targets, four judges; published: ICC(1,1) .17, ICC(2,1) .29.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_published_table_gives_the_published_coefficients():
    one, two = icc_1(JUDGES), icc_a1(JUDGES)
    assert (one.value, one.low, one.high) == pytest.approx((0.166, -0.133, 0.723), abs=0.001)
    assert (two.value, two.low, two.high) == pytest.approx((0.290, 0.019, 0.761), abs=0.001)


def test_mean_squares_of_a_small_table_are_those_of_hand_arithmetic():
    # two units, two repeats: MSB = 2·((1−3)² + (5−3)²) = 16, MSW = (1 + 1 + 1 + 1) / 2 = 2; (16 − 2) / (16 + 2)
    assert icc_1([[0, 2], [4, 6]]).value == pytest.approx(14 / 18)


def test_a_shift_between_conditions_lowers_agreement_and_leaves_equal_rows_apart():
    scores = np.random.default_rng(0).normal(size=(50, 2))
    scores[:, 1] = scores[:, 0]
    assert icc_a1(scores).value == pytest.approx(1.0)
    scores[:, 1] += 1.0
    assert icc_a1(scores).value < 0.8


def test_unequal_repeats_count_as_simulated():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(400, 1)) + rng.normal(size=(400, 6))
    table[rng.random(table.shape) < 0.3] = np.nan
    assert icc_1(table).value == pytest.approx(0.5, abs=0.05)


def test_intervals_hold_the_true_value_as_often_as_they_say():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        found = icc_1(rng.normal(size=(12, 1)) + rng.normal(size=(12, 5)))
        hits += found.low <= 0.5 <= found.high
    assert 0.92 <= hits / 300 <= 0.98


@pytest.mark.parametrize("icc", [icc_1, icc_a1])
def test_what_cannot_be_had_is_a_reason(icc):
    assert icc(np.ones((5, 3))).reason == "nothing varies"
    assert "needed" in icc([[1.0, 2.0]]).reason
    assert "needed" in icc(np.empty((0, 3))).reason
    assert "needed" in icc([[1.0], [2.0]]).reason
    with pytest.raises(UsageError):
        icc([1.0, 2.0])
    with pytest.raises(UsageError):
        icc([[1.0, np.inf]])


def test_rows_with_a_gap_are_left_out_of_agreement():
    assert icc_a1([*JUDGES, [1, np.nan, 3, 4]]) == icc_a1(JUDGES)


def test_quantiles_of_f_are_those_of_the_table():
    assert f_quantile(0.95, 1, 10) == pytest.approx(4.9646, abs=1e-4)
    assert f_quantile(0.975, 4, 20) == pytest.approx(3.5147, abs=1e-4)


@given(arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(2, 6)), elements=st.integers(1, 5).map(float)))
def test_both_are_a_value_from_minus_one_to_one_or_a_reason(table):
    for icc in (icc_1, icc_a1):
        found = icc(table)
        assert (found.value is None) != (found.reason is None)
        assert found.value is None or -1 - 1e-9 <= found.value <= 1 + 1e-9
        assert found.low is None or found.low <= found.value + 1e-9
