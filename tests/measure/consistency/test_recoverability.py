"""The own profile is told from those of others by its margin."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.measure.consistency.recoverability import draw, profile_fit, recovered
from personae.models.pairs.scripted import ScriptedPairs


async def test_a_profile_fits_by_what_is_entailed_somewhere_less_what_is_contradicted():
    rows = {
        ("one", "a"): (0.0, 0.1, 0.9),
        ("two", "a"): (0.3, 0.4, 0.3),
        ("two", "b"): (0.8, 0.2, 0.0),
    }
    fits = await profile_fit(ScriptedPairs(rows), ["one", "two"], [["a"], ["b", "c"], ["c"]])
    assert fits == pytest.approx([0.9 - 0.3, (-0.8 + 0.0) / 2, 0.0])


def test_a_talk_is_told_by_the_margin_over_the_best_other_profile():
    found = recovered([[0.5, 0.375, 0.0], [0.25, 0.75, 0.0]])
    assert found.margins == (0.125, -0.5)
    assert found.hit_rate == 0.5
    # own margins .125 and -.5, foreign ones -.125, -.5 and .5, -.75: 3 + 1.5 of 8 pairs
    assert found.auc == pytest.approx(4.5 / 8)
    assert recovered([[0.4, 0.5]], [1]).hit_rate == 1.0


def test_ties_are_shared_and_random_fits_give_chance():
    assert recovered([[0.0, 0.0, 0.0, 0.0]]).hit_rate == 0.25
    assert recovered([[0.0, 0.0, 0.0, 0.0]]).auc == 0.5
    found = recovered(np.random.default_rng(0).random((2000, 5)))
    assert found.hit_rate == pytest.approx(0.2, abs=0.03)
    assert found.auc == pytest.approx(0.5, abs=0.03)


def test_distractors_are_a_seeded_choice_of_profiles_that_say_something():
    pool = [["a"], [], ["b"], ["c"]]
    assert draw(pool, 2, seed=1) == draw(pool, 2, seed=1)
    assert sorted(draw(pool, 9, seed=0)) == [["a"], ["b"], ["c"]]


async def test_nothing_to_tell_apart_is_an_error():
    for fits, own in (([], None), ([[1.0]], None), ([[1.0, float("nan")]], None), ([[1.0, 0.0]], [2])):
        with pytest.raises(UsageError):
            recovered(fits, own)
    with pytest.raises(UsageError):
        await profile_fit(ScriptedPairs(), [], [["a"]])
    with pytest.raises(UsageError):
        await profile_fit(ScriptedPairs(), ["x"], [["a"], []])
