"""Mixture users against the published concentrations and the closed form of their disagreement."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.simulate.population import (
    Standard,
    concentration,
    mixture_users,
    pair_disagreement,
    rewards,
    without_near,
)

SCORERS = 10


@pytest.mark.parametrize(
    ("alpha", "largest", "effective"),
    [(0.01, 0.945, 1.18), (0.05, 0.783, 1.83), (0.1, 0.664, 2.50), (0.5, 0.380, 5.44), (1.0, 0.292, 6.96)],
)
def test_twenty_thousand_users_are_as_mixed_as_published(alpha, largest, effective):
    found = concentration(mixture_users(20_000, SCORERS, alpha, seed=1))
    assert found.max_weight == pytest.approx(largest, abs=0.01)
    assert found.effective == pytest.approx(effective, rel=0.01)
    assert found.users == 20_000


@pytest.mark.parametrize(("alpha", "share"), [(0.01, 0.45), (0.1, 0.43), (1.0, 0.32), (10.0, 0.14)])
def test_users_disagree_on_independent_scorers_as_published(alpha, share):
    margins = np.random.default_rng(2).standard_normal((500, SCORERS))
    found = pair_disagreement(mixture_users(2_000, SCORERS, alpha, seed=3), margins, seed=4)
    assert found == pytest.approx(share, abs=0.03)


def test_two_users_disagree_by_the_angle_between_them():
    a, b = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.3, 0.6])
    margins = np.random.default_rng(5).standard_normal((200_000, 3))
    angle = math.acos(a @ b / math.sqrt((a @ a) * (b @ b)))
    assert pair_disagreement([a, b], margins) == pytest.approx(angle / math.pi, abs=0.005)


def test_the_same_seed_gives_the_same_users():
    assert np.array_equal(mixture_users(5, 4, 0.1, seed=7), mixture_users(5, 4, 0.1, seed=7))


def test_a_tiny_alpha_still_gives_weights_that_sum_to_one():
    weights = mixture_users(1_000, 10, 1e-4, seed=0)
    assert np.isfinite(weights).all()
    assert np.allclose(weights.sum(axis=1), 1.0)


def test_near_duplicates_go_and_what_stays_is_apart():
    weights = mixture_users(300, 5, 0.5, seed=1)
    kept = weights[without_near(weights)]
    distances = np.linalg.norm(kept[:, None] - kept[None], axis=2) + np.eye(len(kept))
    assert distances.min() >= 0.2
    dropped = np.delete(weights, without_near(weights), axis=0)
    assert all(np.linalg.norm(kept - one, axis=1).min() < 0.2 for one in dropped)


def test_rewards_are_weighted_standard_scores():
    standard = Standard.fit([[0.0, 10.0], [2.0, 30.0]], ("a", "b"))  # means 1 and 20, deviations 1 and 10
    scored = rewards([[0.25, 0.75]], standard([[3.0, 30.0], [1.0, 20.0], [np.nan, 1.0]]))
    assert scored[0, :2].tolist() == [0.25 * 2 + 0.75 * 1, 0.0]
    assert np.isnan(scored[0, 2])


def test_a_scorer_that_never_varies_is_named():
    with pytest.raises(UsageError, match="'b' gives every calibration text the same"):
        Standard.fit([[1.0, 5.0], [2.0, 5.0]], ("a", "b"))


@pytest.mark.parametrize("bad", [(0, 3, 1.0), (5, 1, 1.0), (5, 3, 0.0), (5, 3, math.inf), (5, 3, math.nan)])
def test_impossible_users_are_refused(bad):
    with pytest.raises(UsageError):
        mixture_users(*bad, seed=0)


def test_weights_that_are_none_are_refused():
    with pytest.raises(UsageError, match="summing to 1"):
        concentration([[0.5, 0.6]])
