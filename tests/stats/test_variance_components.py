"""Variance components recover what a simulation put in, and agree with hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.variance_components import (
    centred,
    ranking_agreement,
    realised_inertia,
    variance_components,
)


def simulated(spread, seed, people=200, items=21, repeats=5, noise=1.0):
    rng = np.random.default_rng(seed)
    means = rng.normal(size=items)
    own = spread * rng.normal(size=(people, items, 1))
    return means, means[None, :, None] + own + noise * rng.normal(size=(people, items, repeats))


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_inertia_is_recovered_within_five_hundredths(spread, seed):
    means, scores = simulated(spread, seed)
    found = variance_components(scores)
    assert found.inertia == pytest.approx(realised_inertia(means, spread), abs=0.05)
    assert found.repeats == pytest.approx(1.0, abs=0.05)
    assert found.person_item == pytest.approx(spread**2, abs=0.05 + 0.05 * spread**2)


def test_a_small_table_is_what_hand_arithmetic_gives():
    # two people, two items, two repeats; centred: person 1 gives −1, +1 twice, person 2 −2, +2 and 0, 0
    scores = [[[1, 1], [3, 3]], [[1, 5], [5, 5]]]
    found = variance_components(scores)
    assert centred(scores).tolist() == [[[-1, -1], [1, 1]], [[-2, 0], [2, 0]]]
    # item means −1, +1; cells the same for both; MS_item = 4·2/1 = 8, MS_person×item = 0, MS_repeats = 4·1²/(2·1·1) = 2
    assert found.repeats == pytest.approx(2.0)
    assert found.item == pytest.approx(8 / 4)
    assert (found.person_item, found.negative) == (0.0, ("person_item",))
    assert found.inertia == 1.0


def test_a_persons_level_does_not_count():
    _, scores = simulated(1.0, seed=3)
    lifted = scores + np.random.default_rng(0).normal(size=(200, 1, 1)) * 5
    assert variance_components(lifted).inertia == pytest.approx(variance_components(scores).inertia)


def test_answers_by_chance_have_no_reliability_and_clear_ones_have():
    noise = np.random.default_rng(0).normal(size=(100, 21, 3))
    assert variance_components(noise).reliability < 0.1
    _, clear = simulated(1.0, seed=0, noise=0.2)
    assert variance_components(clear).reliability > 0.95


def test_where_nothing_varies_there_is_no_inertia():
    found = variance_components(np.ones((3, 4, 2)))
    assert (found.inertia, found.reliability) == (None, None)


def test_rankings_that_are_equal_agree_and_unrelated_ones_do_not():
    profile = np.arange(21.0)
    assert ranking_agreement([profile, profile * 2, profile + 7]) == (pytest.approx(1.0), 3)
    rho, pairs = ranking_agreement(np.random.default_rng(0).normal(size=(100, 21)))
    assert abs(rho) < 0.03
    assert pairs == 2000
    assert ranking_agreement(np.ones((3, 4))) == (None, 0)


def test_what_is_missing_or_too_small_is_refused():
    with pytest.raises(UsageError, match="two of each"):
        variance_components(np.ones((3, 4)))
    with pytest.raises(UsageError, match="two of each"):
        variance_components(np.ones((3, 4, 1)))
    with pytest.raises(UsageError, match="every score"):
        variance_components(np.full((2, 2, 2), np.nan))
