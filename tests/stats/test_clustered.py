"""Observations that hang together count for less than their number."""

from __future__ import annotations

import pytest

from personae.stats.clustered import clustered_share, intraclass_correlation
from personae.stats.intervals import wilson


def test_the_correlation_is_that_of_the_analysis_of_variance():
    # MS between = 2·(1 − .5)² + 2·(0 − .5)² = 1 with 1 degree of freedom; MS within = (0 + .5)/2 = .25 → by hand:
    groups = [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    between = (2 * 0.25 + 0 + 2 * 0.25) / 2
    within = 0.5 / 3
    assert intraclass_correlation(groups) == pytest.approx((between - within) / (between + within))


def test_groups_that_are_all_alike_inside_count_as_one_observation_each():
    groups = {name: [flag] * 10 for name, flag in zip("abcdef", [True, False] * 3, strict=True)}
    share = clustered_share(groups)
    alone = wilson(3, 6)
    assert (share.value, share.low, share.high) == (0.5, alone.low, alone.high)
    assert (share.n, share.clusters) == (60, 6)


def test_no_event_at_all_still_has_an_upper_bound():
    share = clustered_share({str(i): [False] * 16 for i in range(6)})
    effective = round(96 / (1 + 15 * 0.1))
    assert share.high == wilson(0, effective).high
    assert 0.05 < share.high < 0.1


def test_nothing_observed_has_no_share():
    assert clustered_share({"a": []}).value is None
