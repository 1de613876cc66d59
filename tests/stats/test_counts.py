"""Chi-square and the exact binomial test, against tables, closed forms and sums done by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.counts import ChiSquare, binomial_two_sided, upper_gamma


@pytest.mark.parametrize(
    ("statistic", "df", "p"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (16.2662, 3, 0.001), (18.30704, 10, 0.05), (2.0879, 7, 0.955)],
)
def test_upper_tails_are_those_of_the_printed_tables(statistic, df, p):
    assert ChiSquare(statistic, df).p == pytest.approx(p, rel=1e-3)


@given(st.floats(0, 600))
def test_one_and_two_degrees_of_freedom_have_closed_forms(x):
    assert ChiSquare(x, 2).p == pytest.approx(math.exp(-x / 2), rel=1e-9, abs=1e-300)
    assert ChiSquare(x, 1).p == pytest.approx(math.erfc(math.sqrt(x / 2)), rel=1e-8, abs=1e-300)


@given(st.floats(0.5, 60), st.floats(0.01, 300))
def test_the_gamma_function_keeps_its_recurrence(a, x):
    step = math.exp(a * math.log(x) - x - math.lgamma(a + 1))
    assert upper_gamma(a + 1, x) == pytest.approx(upper_gamma(a, x) + step, abs=1e-10)


def test_a_fair_die_by_hand():
    counts = [5, 8, 9, 8, 10, 20]
    assert ChiSquare.of(counts).statistic == pytest.approx(13.4)
    assert ChiSquare.of(counts).p == pytest.approx(0.01991, abs=1e-5)


def test_expected_counts_may_differ():
    assert ChiSquare.of([10, 20], [15, 15]).statistic == pytest.approx(25 / 15 + 25 / 15)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([3], None), ([], None), ([1, -1], None), ([1, 1], [2, 0]), ([1, 1], [2, 2]), ([0, 0], None)],
)
def test_what_cannot_be_tested_is_an_error(counts, expected):
    with pytest.raises(UsageError):
        ChiSquare.of(counts, expected)


def test_an_uneven_binomial_by_hand():
    # chance 1/4, four throws: P = .3164 .4219 .2109 .0469 .0039; three hits or worse are the last two
    assert binomial_two_sided(3, 4, 0.25) == pytest.approx((12 + 1) / 256)
    assert binomial_two_sided(1, 4, 0.25) == pytest.approx(1.0)
    assert binomial_two_sided(0, 4, 0.25) == pytest.approx((81 + 54 + 12 + 1) / 256)


def twice_the_smaller_tail(successes: int, n: int) -> float:
    tail = sum(math.comb(n, k) for k in range(min(successes, n - successes) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**n)))


@given(st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_with_a_fair_coin_it_is_the_sign_test(case):
    successes, n = case
    assert binomial_two_sided(successes, n) == pytest.approx(twice_the_smaller_tail(successes, n))


def test_certain_outcomes_need_no_logarithm():
    assert binomial_two_sided(0, 5, 0.0) == 1.0
    assert binomial_two_sided(1, 5, 0.0) == 0.0
    assert binomial_two_sided(5, 5, 1.0) == 1.0


@pytest.mark.parametrize(("successes", "n", "share"), [(3, 2, 0.5), (-1, 2, 0.5), (1, 2, 1.5)])
def test_an_impossible_outcome_is_an_error(successes, n, share):
    with pytest.raises(UsageError):
        binomial_two_sided(successes, n, share)
