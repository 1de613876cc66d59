"""Cohen's d over the mean of the two variances."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.cohens_d import cohens_d


def test_d_is_the_difference_over_the_root_mean_variance():
    # means 2 and 6, variances 1 and 9: 4 / √5
    assert cohens_d([1, 2, 3], [3, 6, 9]).d == pytest.approx(4 / 5**0.5)


def test_pairing_narrows_the_interval_and_leaves_the_value():
    before, after = [1.0, 2.0, 3.0, 4.0], [1.5, 2.4, 3.6, 4.5]
    paired, apart = cohens_d(before, after, paired=True), cohens_d(before, after)
    assert paired.d == apart.d
    assert paired.high - paired.low < apart.high - apart.low
    assert (paired.n, apart.n) == (4, 8)


def test_the_interval_holds_the_true_effect_nineteen_times_in_twenty():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(600):
        found = cohens_d(rng.normal(0, 1, 40), rng.normal(0.5, 1, 40))
        hits += found.low <= 0.5 <= found.high
    assert 0.93 <= hits / 600 <= 0.97


def test_what_does_not_vary_has_no_d():
    assert cohens_d([2.0, 2.0], [3.0, 3.0]).reason == "nothing varies within the sides"
    assert cohens_d([2.0], [3.0]).d is None


def test_lone_values_are_no_pairs():
    with pytest.raises(UsageError, match="no pairs"):
        cohens_d([1.0, 2.0], [1.0], paired=True)
