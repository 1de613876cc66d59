"""The same people twice: order kept, values kept, or neither."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.covariances import correlated
from personae.stats.retest import retest


def occasions(people=200, noise=0.5, shift=0.0, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.normal(size=people)
    first, second = (true + noise * rng.normal(size=people) for _ in range(2))
    return ({str(i): float(x) for i, x in enumerate(side)} for side in (first, second + shift))


def test_stable_scores_correlate_as_much_as_their_noise_lets_them():
    found = retest(*occasions())
    assert found.r.value == pytest.approx(0.8, abs=0.06)
    assert found.r.low < 0.8 < found.r.high
    assert found.icc.value == pytest.approx(0.8, abs=0.06)


def test_a_shift_leaves_the_order_and_lowers_the_agreement():
    found = retest(*occasions(shift=2.0))
    assert found.r.value == pytest.approx(0.8, abs=0.06)
    assert found.icc.value < 0.4
    assert found.shift == pytest.approx(2.0, abs=0.1)


def test_people_who_came_once_are_counted_and_left_out():
    first, second = occasions(people=30)
    del second["3"]
    second["new"] = 1.0
    found = retest(first, second)
    assert (found.n, found.unpaired) == (29, 2)


def test_a_handful_of_people_get_a_reason():
    first, second = occasions(people=5)
    found = retest(first, second)
    assert found.r.reason == "5 people answered twice; test–retest needs 10"
    assert retest({}, {}).shift is None


def test_a_correlation_is_numpys_over_rows_that_have_both():
    x, y = [1.0, 2.0, math.nan, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, math.nan]
    found = correlated(x, y, n_resamples=0)
    assert found.value == pytest.approx(np.corrcoef([1, 2, 4], [2, 1, 5])[0, 1])
    assert found.n == 3


def test_a_correlation_with_a_constant_is_a_reason_and_lists_must_fit():
    assert correlated([1.0, 1.0], [1.0, 2.0]).reason == "one of the two does not vary"
    assert correlated([], []).reason == "one of the two does not vary"
    with pytest.raises(UsageError):
        correlated([1.0], [1.0, 2.0])
