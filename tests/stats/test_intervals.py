"""Intervals, held to closed forms and to their own coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.distributions import incomplete_beta, student_cdf, student_quantile
from personae.stats.intervals import bootstrap, mean_interval, wilson


def test_students_quantiles_are_those_of_the_printed_tables():
    table = {1: 12.7062, 2: 4.3027, 5: 2.5706, 10: 2.2281, 30: 2.0423, 120: 1.9799}
    for df, value in table.items():
        assert student_quantile(0.975, df) == pytest.approx(value, abs=6e-5)
    assert student_quantile(0.025, 5) == pytest.approx(-2.5706, abs=6e-5)


def test_students_distribution_has_its_closed_forms_at_one_and_two_degrees():
    for t in (-3.0, -0.2, 0.0, 0.7, 8.0):
        assert student_cdf(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, abs=1e-12)
        assert student_cdf(t, 2) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)), abs=1e-12)


def test_the_incomplete_beta_function_is_a_power_when_one_parameter_is_one():
    assert incomplete_beta(3.0, 1.0, 0.4) == pytest.approx(0.4**3)
    assert incomplete_beta(1.0, 4.0, 0.3) == pytest.approx(1 - 0.7**4)
    assert (incomplete_beta(2.0, 2.0, 0.0), incomplete_beta(2.0, 2.0, 1.0)) == (0.0, 1.0)


def test_wilson_has_the_textbook_values():
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    none = wilson(0, 10)
    assert none.low == 0.0
    assert none.high == pytest.approx(1.959964**2 / (10 + 1.959964**2), abs=1e-6)
    assert wilson(10, 10).high == 1.0


def test_no_trials_are_a_reason_and_not_a_zero():
    for interval in (wilson(0, 0), mean_interval([]), bootstrap([], seed=0)):
        assert interval.value is None
        assert interval.low is None
        assert interval.reason == "no observations"


def test_one_observation_has_a_value_and_no_interval():
    for interval in (mean_interval([2.0]), bootstrap([2.0], seed=0)):
        assert (interval.value, interval.low, interval.high, interval.n) == (2.0, None, None, 1)
        assert interval.reason


def test_the_mean_interval_is_students():
    interval = mean_interval([1.0, 2.0, 3.0, 4.0])
    half = 3.182446 * math.sqrt(5 / 3) / 2
    assert (interval.low, interval.high) == pytest.approx((2.5 - half, 2.5 + half), abs=1e-5)


def test_more_successes_than_trials_missing_values_and_wrong_labels_are_refused():
    with pytest.raises(UsageError, match="successes"):
        wilson(3, 2)
    with pytest.raises(UsageError, match="finite"):
        mean_interval([1.0, float("nan")])
    with pytest.raises(UsageError, match="cluster labels"):
        bootstrap([1.0, 2.0], seed=0, clusters=["a"])


def test_the_same_seed_gives_the_same_bootstrap_interval():
    values = list(np.random.default_rng(3).normal(size=40))
    assert bootstrap(values, seed=5) == bootstrap(values, seed=5)
    assert bootstrap(values, seed=5) != bootstrap(values, seed=6)


def test_the_bootstrap_of_a_mean_agrees_with_the_t_interval_on_many_values():
    values = list(np.random.default_rng(3).normal(size=300))
    drawn, student = bootstrap(values, seed=0, n_resamples=4000), mean_interval(values)
    assert drawn.low == pytest.approx(student.low, abs=0.015)
    assert drawn.high == pytest.approx(student.high, abs=0.015)


def test_repeating_every_value_ten_times_does_not_shrink_a_clustered_interval():
    values = list(np.random.default_rng(4).normal(size=25))
    repeated = [value for value in values for _ in range(10)]
    labels = [row for row in range(25) for _ in range(10)]
    clustered, naive = bootstrap(repeated, seed=0, clusters=labels), bootstrap(repeated, seed=0)
    plain = bootstrap(values, seed=0)
    assert clustered.high - clustered.low == pytest.approx(plain.high - plain.low, rel=0.01)
    assert naive.high - naive.low < 0.5 * (clustered.high - clustered.low)
    assert (clustered.n, clustered.clusters) == (250, 25)


def test_one_cluster_has_no_interval():
    interval = bootstrap([1.0, 2.0, 3.0], seed=0, clusters=["a", "a", "a"])
    assert (interval.value, interval.low) == (2.0, None)
    assert "cluster" in interval.reason


def test_an_undefined_statistic_is_a_reason():
    assert bootstrap([1.0, 2.0], lambda array: float("nan"), seed=0).value is None


def test_a_95_percent_bootstrap_interval_covers_the_truth_about_that_often():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(150):
        interval = bootstrap(list(rng.normal(size=40)), seed=1, n_resamples=300)
        covered += interval.low <= 0.0 <= interval.high
    assert 0.88 <= covered / 150 <= 0.99
