"""Correlations by hand and by brute force; the ceiling; and what becomes of data that hold no answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.correlation import Pairs, auc, kendall, pearson, spearman
from personae.stats.reliability import spearman_brown, split_half
from personae.stats.validity import validity

small = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=25)


def by_definition(x, y):
    """tau-b over all ordered pairs."""
    a, b = (np.sign(np.subtract.outer(v, v)) for v in (np.array(x, float), np.array(y, float)))
    scale = math.sqrt((a**2).sum() * (b**2).sum())
    return (a * b).sum() / scale if scale else math.nan


def test_pearson_by_hand():
    # deviations (-1, 0, 1) and (-2, 1, 1): 3 / sqrt(2 · 6)
    assert pearson([1, 2, 3], [0, 3, 3]) == pytest.approx(3 / math.sqrt(12))


def test_spearman_with_ties_by_hand():
    # ranks (1, 2.5, 2.5, 4) and (1, 2, 3, 4): covariance sum 4.5, squares 4.5 and 5
    assert spearman([10, 20, 20, 30], [1, 2, 3, 4]) == pytest.approx(4.5 / math.sqrt(4.5 * 5))


def test_kendall_tau_b_by_hand():
    # x ties once, y ties once: 4 concordant, none discordant, of √((6 − 1)(6 − 1))
    assert kendall([1, 1, 2, 3], [1, 2, 3, 3]) == pytest.approx(4 / 5)
    assert kendall([1, 2, 3, 4], [4, 3, 2, 1]) == -1
    assert kendall([1, 2, 3], [1, 3, 2]) == pytest.approx(1 / 3)


def test_auc_is_nought_a_half_and_one():
    labels = [False, False, True, True]
    assert auc([4, 3, 2, 1], labels) == 0.0
    assert auc([1, 1, 1, 1], labels) == 0.5
    assert auc([1, 2, 3, 4], labels) == 1.0
    assert math.isnan(auc([1, 2], [True, True]))


def test_large_offsets_and_huge_values_do_not_break_pearson():
    x = np.array([0.0, 1, 2, 3])
    assert pearson(x + 1e9, [1, 2, 3, 4]) == pytest.approx(1.0)
    assert pearson(x * 1e300, [1, 2, 3, 4]) == pytest.approx(1.0)
    assert math.isnan(pearson([0.1] * 4, [1, 2, 3, 4]))


@given(small)
def test_weights_are_rows_repeated(rows):
    x, y, w = (list(column) for column in zip(*rows, strict=True))
    repeated_x, repeated_y = np.repeat(x, w), np.repeat(y, w)
    pairs, weights = Pairs.of(x, y), np.array(w, dtype=float)
    assert pairs.kendall() == pytest.approx(by_definition(x, y), nan_ok=True)
    if len(repeated_x):
        again = Pairs.of(repeated_x, repeated_y)
        assert pairs.pearson(weights) == pytest.approx(again.pearson(), nan_ok=True)
        assert pairs.spearman(weights) == pytest.approx(again.spearman(), nan_ok=True)
        assert pairs.kendall(weights) == pytest.approx(by_definition(repeated_x, repeated_y), nan_ok=True)
        assert pairs.auc(weights) == pytest.approx(again.auc(), nan_ok=True)


def test_an_interval_holds_the_value_and_is_the_same_for_the_same_seed():
    rng = np.random.default_rng(1)
    human = rng.normal(size=200)
    metric = human + rng.normal(size=200)
    one, two = (validity(metric, human, seed=3, n_resamples=300) for _ in range(2))
    assert one == two
    for interval in (one.pearson, one.spearman, one.kendall):
        assert 0 < interval.low < interval.value < interval.high < 1
    assert one.auc is None


def test_the_interval_of_a_known_correlation_has_fishers_width():
    rng = np.random.default_rng(2)
    human = rng.normal(size=400)
    metric = 0.5 * human + math.sqrt(0.75) * rng.normal(size=400)
    found = validity(metric, human, seed=0).pearson
    z, half = math.atanh(found.value), 1.96 / math.sqrt(397)
    assert found.low == pytest.approx(math.tanh(z - half), abs=0.03)
    assert found.high == pytest.approx(math.tanh(z + half), abs=0.03)


def test_rows_that_hang_together_widen_the_interval():
    rng = np.random.default_rng(3)
    talks = np.repeat(np.arange(20), 10)
    level = rng.normal(size=20)[talks]
    metric, human = level + 0.1 * rng.normal(size=200), level + rng.normal(size=20)[talks]
    alone = validity(metric, human, seed=0, n_resamples=400).pearson
    together = validity(metric, human, seed=0, clusters=talks.tolist(), n_resamples=400).pearson
    assert together.clusters == 20
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_binary_ratings_also_get_an_auc():
    found = validity(range(10), [0, 0, 0, 0, 1, 0, 1, 1, 1, 1], seed=0, n_resamples=200)
    assert found.auc.value == pytest.approx(24 / 25)


def test_a_few_rows_above_the_ceiling_may_be_there_by_chance():
    human = np.random.default_rng(5).normal(size=12)
    found = validity(human + np.random.default_rng(6).normal(size=12), human, seed=0)
    ceiling = found.pearson.value - 0.01
    assert found.above(ceiling)
    assert not found.above(ceiling, surely=True)
    assert found.above(found.pearson.low - 0.01, surely=True)
    against = validity(-human, human, seed=0)
    assert against.above(0.9, surely=True)


@pytest.mark.parametrize(
    ("metric", "human", "reason"),
    [
        ([1, 2, 3], [1, 2, 3], "3 rows"),
        ([0.1] * 12, range(12), "the metric is the same"),
        (range(12), [4.0] * 12, "the human rating is the same"),
        ([], [], "0 rows"),
    ],
)
def test_too_few_rows_or_none_that_vary_is_a_reason_and_no_zero(metric, human, reason):
    found = validity(list(metric), list(human), seed=0)
    assert found.pearson.value is None
    assert reason in found.pearson.reason
    assert not found.above(0.0)


def test_one_cluster_has_a_value_and_no_interval():
    found = validity(range(10), [1, 3, 2, 4, 5, 6, 8, 7, 9, 10], seed=0, clusters=["a"] * 10).spearman
    assert (found.low, found.high, found.clusters) == (None, None, 1)
    assert found.value > 0.9


def test_values_that_are_not_finite_or_do_not_pair_are_the_callers_fault():
    with pytest.raises(UsageError, match="finite"):
        validity([math.nan, *range(9)], range(10), seed=0)
    with pytest.raises(UsageError, match="not 2 and 3"):
        validity([1, 2], [1, 2, 3], seed=0)
    with pytest.raises(UsageError, match="10 rows but 1 cluster labels"):
        validity(range(10), range(10), seed=0, clusters=["a"])


def test_spearman_brown_of_the_reference_split():
    assert spearman_brown(0.41) == pytest.approx(0.58156, abs=1e-5)
    assert math.sqrt(spearman_brown(0.41)) == pytest.approx(0.7626, abs=1e-4)
    assert spearman_brown(-1) is None


def test_split_half_finds_the_reliability_that_was_put_in():
    # true variance 1, noise variance 4: halves of 5 ratings correlate 1 / (1 + 4/5), the mean of 10 has R = 1/1.4
    rng = np.random.default_rng(4)
    ratings = rng.normal(size=(4000, 1)) + 2 * rng.normal(size=(4000, 10))
    found = split_half(ratings.tolist(), seed=0, splits=20)
    assert found.split_half == pytest.approx(1 / 1.8, abs=0.02)
    assert found.ceiling == pytest.approx(math.sqrt(1 / 1.4), abs=0.02)
    assert (found.n, found.per_thing, found.single) == (4000, 10, 0)


def test_ratings_that_say_nothing_have_no_ceiling_but_a_reason():
    few = split_half([[1, 2], [2, 1], [3]], seed=0)
    assert (few.ceiling, few.single, few.n) == (None, 1, 2)
    assert "2 things" in few.reason
    assert "do not vary" in split_half([[3, 3]] * 12, seed=0).reason
    against = split_half([[1, 5], [5, 1]] * 20, seed=0)
    assert against.split_half is None or against.ceiling is None
    assert against.reason


def test_things_may_have_different_numbers_of_ratings():
    found = split_half([[1, 1], [2, 2, 2], [3, 3], [4, 4, 4, 4], [5, 5]] * 2, seed=0)
    assert found.split_half == pytest.approx(1.0)
    assert found.per_thing == pytest.approx(13 / 5)
