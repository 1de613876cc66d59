"""Effects by hand, and a p that is uniform where nothing differs."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.measure.implicit_personalization import effect, likeness, similarity
from personae.measure.implicit_personalization.effects import at_least, permutation_p


def test_identical_cues_give_a_uniform_p():
    rng = np.random.default_rng(7)
    found = np.sort([permutation_p(rng.normal(size=40), seed=at, n_flips=499) for at in range(400)])
    expected = (np.arange(400) + 0.5) / 400
    assert np.abs(found - expected).max() < 1.36 / np.sqrt(400), "Kolmogorov's bound at .05"
    assert found.min() >= 1 / 500


def test_identical_answers_show_nothing():
    same = {f"t{at}": float(at % 5) for at in range(30)}
    found = effect(same, dict(same))
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_p_counts_draws_at_least_as_far_and_the_observation_itself():
    assert permutation_p([1.0] * 40, n_flips=999) == 1 / 1000  # 2 in 2^40 patterns are as far: none among 999
    assert permutation_p([1.0], n_flips=99) == 1.0  # either sign is as far


def test_the_binomial_is_one_sided_and_exact():
    assert at_least(5, 5) == 1 / 32
    assert at_least(8, 10) == pytest.approx(56 / 1024)
    assert at_least(0, 2000) == 1.0
    assert at_least(2000, 2000) == 2.0**-2000
    found = likeness([1.0, 0.8, 1.0, 0.9])
    assert (found.share, found.p) == (0.75, 5 / 16), ".8 itself is not above .8"


def test_what_cannot_be_compared_is_said():
    with pytest.raises(UsageError, match="both sides"):
        effect({"a": 1.0}, {"b": 1.0})
    with pytest.raises(UsageError, match="1 … 5"):
        similarity(0)
    with pytest.raises(UsageError):
        likeness([])
    with pytest.raises(UsageError):
        permutation_p([])
    with pytest.raises(UsageError):
        at_least(3, 2)
