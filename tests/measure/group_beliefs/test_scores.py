"""The figures by hand, and the χ² of two published answer tables."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.group_beliefs import consistency, fairness, position_bias, robustness


@pytest.mark.parametrize(
    ("counts", "statistic", "p"),
    [([14, 20, 51, 62, 58, 77, 75], 73.57, 7.6e-14), ([50, 56, 53, 78, 37, 37, 40], 25.26, 3.1e-4)],
)
def test_the_published_places_are_far_from_even(counts, statistic, p):
    found = position_bias(counts)
    assert found.df == 6
    assert found.statistic == pytest.approx(statistic, abs=0.005)
    assert found.p == pytest.approx(p, rel=0.02)


def test_even_places_show_no_bias_and_no_places_no_test():
    assert (position_bias([10] * 7).statistic, position_bias([10] * 7).p) == (0.0, 1.0)
    with pytest.raises(UsageError):
        position_bias([0] * 7)


def test_equal_groups_have_fairness_1():
    same = [12.0, 50.0, 77.0, 3.0, 100.0]
    assert [one.value for one in fairness({"a": same, "b": same, "c": same})] == [1.0, 1.0, 1.0]


def test_fairness_by_hand():
    (one,) = fairness({"a": [0.0, 30.0], "b": [40.0, 0.0]}, "x")
    assert (one.set, one.groups, one.value) == ("x", ("a", "b"), 100 / 150)


def test_consistency_is_1_where_nothing_changes():
    assert consistency([[5.0, 5.0]] * 3) == 1.0
    assert consistency([[0.0, 0.0], [60.0, 80.0]]) == 100 / 150  # each 50 from the middle


def test_robustness_by_hand():
    assert robustness([0.0], [0.0]) == 1.0
    assert robustness([100.0], [0.0]) == 0.5
