"""Chain scores against sums done by hand, expectations against simulation and the closed form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.chains import cam, expected_cam, max_chain, snowball, streaks

MARKS = st.lists(st.booleans(), min_size=1, max_size=40)


def test_two_hits_a_miss_and_a_hit_score_four_of_ten():
    assert streaks([1, 1, 0, 1]) == [1, 2, 0, 1]
    assert cam([1, 1, 0, 1]) == pytest.approx((1 + 2 + 0 + 1) / 10)
    assert max_chain([1, 1, 0, 1]) == 0.5


def test_five_times_hit_and_miss_score_one_eleventh():
    assert cam([1, 0] * 5) == pytest.approx(0.0909, abs=5e-5)
    assert max_chain([1, 0] * 5) == 0.1


def test_perfect_and_hopeless_chains_are_the_ends_of_the_scale():
    assert cam([True] * 16) == max_chain([True] * 16) == 1.0
    assert cam([False] * 16) == max_chain([False] * 16) == 0.0


@pytest.mark.parametrize(("p", "value"), [(0.25, 0.0384), (0.6, 0.1599)])
def test_the_expected_score_of_sixteen_steps_is_the_known_one_and_that_of_a_simulation(p, value):
    assert expected_cam(16, p) == pytest.approx(value, abs=5e-5)
    rng = np.random.default_rng(7)
    simulated = np.mean([cam(list(rng.random(16) < p)) for _ in range(4000)])
    assert simulated == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize("n", [1, 2, 10, 20])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
def test_the_sum_is_the_closed_form(n, p):
    closed = (p / (1 - p)) * (n - p * (1 - p**n) / (1 - p)) / (n * (n + 1) / 2)
    assert expected_cam(n, p) == pytest.approx(closed, abs=1e-12)


def test_the_expected_score_is_the_mean_over_all_outcomes():
    n, p = 6, 0.3
    mean = sum(
        cam(marks) * p ** sum(marks) * (1 - p) ** (n - sum(marks)) for marks in itertools.product((0, 1), repeat=n)
    )
    assert expected_cam(n, p) == pytest.approx(mean)


@given(MARKS)
def test_the_score_is_below_the_longest_streak_and_zero_only_without_a_hit(marks):
    assert 0 <= cam(marks) <= max_chain(marks) + 1e-12 <= 1 + 1e-12
    assert (cam(marks) == 0) == (not any(marks))


@given(MARKS)
def test_one_more_hit_never_lowers_the_score(marks):
    for place, mark in enumerate(marks):
        if not mark:
            assert cam([*marks[:place], True, *marks[place + 1 :]]) > cam(marks)


def test_heaped_misses_are_a_snowball_and_alternating_ones_are_not():
    heaped, alternating = snowball([[1] * 8 + [0] * 8]), snowball([[1, 0] * 8])
    assert heaped.p < 0.01
    assert heaped.cam > heaped.high
    assert heaped.excess > 0
    assert alternating.p > 0.95
    assert alternating.cam < alternating.low
    assert heaped.permutations == 1000


def test_marks_in_random_order_are_called_a_snowball_as_rarely_as_the_level_says():
    rng = np.random.default_rng(3)
    found = [snowball([list(rng.random(16) < 0.6) for _ in range(4)], permutations=200, seed=s).p for s in range(200)]
    assert np.mean([p <= 0.05 for p in found]) <= 0.09


def test_the_permutations_of_one_chain_are_those_counted_out_by_hand():
    found = snowball([[1, 0]], permutations=1000)
    assert found.cam == pytest.approx(1 / 3)
    assert found.shuffled == pytest.approx(1 / 3)
    assert found.p == 1.0
    three = snowball([[1, 1, 0]], permutations=20_000)  # 110, 011: 3/6; 101: 2/6
    assert three.shuffled == pytest.approx((3 + 3 + 2) / 18, abs=0.003)
    assert three.p == pytest.approx(2 / 3, abs=0.02)


def test_chains_without_a_miss_say_nothing_and_are_counted():
    found = snowball([[1, 1, 1], [0, 0], [1, 0, 1]])
    assert (found.chains, found.movable) == (3, 1)
    assert snowball([[1, 1, 1]]).p == 1.0


def test_the_same_seed_gives_the_same_test():
    marks = [[1, 0, 1, 1, 0, 0, 1, 1]]
    assert snowball(marks, seed=4) == snowball(marks, seed=4) != snowball(marks, seed=5)


def test_empty_chains_and_impossible_expectations_are_refused():
    for wrong in (lambda: cam([]), lambda: max_chain([]), lambda: snowball([]), lambda: snowball([[1], []])):
        with pytest.raises(UsageError):
            wrong()
    for n, p in ((0, 0.5), (3, -0.1), (3, 1.1)):
        with pytest.raises(UsageError):
            expected_cam(n, p)
