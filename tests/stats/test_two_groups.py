"""Hedges' g and Mann–Whitney against hand arithmetic and counting."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.stats.correlation import auc
from personae.stats.two_groups import hedges_g, mann_whitney, pooled_d


def test_d_divides_by_the_pooled_spread():
    # variances 1 (3 values) and 20/3 (4 values): √((2·1 + 3·20/3) / 5) = √4.4; means 2 and 5
    assert pooled_d([1, 2, 3], [2, 4, 6, 8]).d == pytest.approx(3 / math.sqrt(4.4))
    assert pooled_d([1, 2, 3], [2, 4, 6, 8], ddof=0).d == pytest.approx(3 / math.sqrt((2 * 2 / 3 + 3 * 5) / 5))


def test_g_is_nearly_unbiased_where_d_is_not():
    rng = np.random.default_rng(0)
    pairs = [(rng.normal(size=4), rng.normal(1.0, size=4)) for _ in range(6000)]
    assert np.mean([hedges_g(a, b).d for a, b in pairs]) == pytest.approx(1.0, abs=0.03)
    assert np.mean([pooled_d(a, b).d for a, b in pairs]) > 1.1


def test_the_correction_is_near_the_common_approximation():
    a, b = list(range(10)), [x + 3 for x in range(12)]
    assert hedges_g(a, b).d / pooled_d(a, b).d == pytest.approx(1 - 3 / (4 * 20 - 1), abs=1e-3)


def test_groups_that_do_not_vary_or_are_too_small_get_a_reason():
    assert pooled_d([1, 1], [2, 2]).reason == "nothing varies within the sides"
    assert hedges_g([1], [2, 3]).reason == "fewer than two values on a side"
    assert mann_whitney([], [1.0]).reason == "a group is empty"


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_p_is_the_share_of_all_dealings_that_lie_as_far_out(low, high):
    everybody = low + high
    found = mann_whitney(low, high)

    def u(second):
        rest = [i for i in range(len(everybody)) if i not in second]
        return sum((everybody[b] > everybody[a]) + (everybody[b] == everybody[a]) / 2 for a in rest for b in second)

    middle = len(low) * len(high) / 2
    dealt = [abs(u(second) - middle) for second in combinations(range(len(everybody)), len(high))]
    assert found.p == pytest.approx(sum(each >= abs(found.u - middle) - 1e-9 for each in dealt) / len(dealt))


def test_many_scores_take_the_normal_approximation_that_meets_the_exact_one(monkeypatch):
    rng = np.random.default_rng(1)
    a, b = np.round(rng.normal(size=20), 1), np.round(rng.normal(0.6, size=20), 1)
    exact = mann_whitney(a, b).p
    monkeypatch.setattr("personae.stats.two_groups.EXACT_UP_TO", 0)
    assert mann_whitney(a, b).p != exact
    assert mann_whitney(a, b).p == pytest.approx(exact, abs=0.003)


def test_u_over_all_pairs_is_the_auc():
    low, high = [1.0, 2.0, 2.0, 3.0], [2.0, 3.0, 4.0]
    assert mann_whitney(low, high).auc == pytest.approx(auc(low + high, [False] * 4 + [True] * 3))


def test_equal_scores_everywhere_are_no_difference():
    assert mann_whitney([1.0] * 50, [1.0] * 50).p == 1.0
