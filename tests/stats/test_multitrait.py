"""The multitrait–multimethod matrix: simulated structures come out, published rows average as printed."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.multitrait import mean_convergent, multitrait


def methods(people=2000, traits=5, noise=0.5, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(people, traits))
    return (true + noise * rng.normal(size=true.shape) for _ in range(2))


def test_two_methods_that_hear_the_same_traits_agree_on_each_and_on_no_other():
    found = multitrait(*methods())
    assert found.convergent.value == pytest.approx(1 / 1.25, abs=0.02)
    assert found.discriminant.value < 0.05
    assert found.difference.value == pytest.approx(0.8, abs=0.05)


def test_one_general_factor_converges_without_telling_traits_apart():
    rng = np.random.default_rng(0)
    general = rng.normal(size=(1000, 1))
    first, second = (general + 0.5 * rng.normal(size=(1000, 5)) for _ in range(2))
    found = multitrait(first, second)
    assert found.convergent.value > 0.75
    assert found.discriminant.value > 0.75
    assert abs(found.difference.value) < 0.05


def test_cells_are_the_correlations_of_numpy():
    first, second = methods(people=60, traits=3)
    found = multitrait(first, second)
    expected = np.corrcoef(np.hstack([first, second]).T)
    assert found.across == pytest.approx(expected[:3, 3:])
    assert found.first == pytest.approx(expected[:3, :3])
    assert found.second == pytest.approx(expected[3:, 3:])
    assert found.by_trait[1].value == pytest.approx(expected[1, 4])


def test_the_difference_of_two_traits_is_what_hand_arithmetic_gives():
    first = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])
    found = multitrait(first, first)  # within a method the two traits correlate .8
    assert found.convergent.value == pytest.approx(1.0)
    assert found.difference.value == pytest.approx(0.2)


def test_a_trait_on_which_everybody_is_equal_is_left_out_and_named():
    first, second = methods(traits=3)
    first[:, 1] = 3.0
    found = multitrait(first, second)
    assert found.by_trait[1].value is None
    assert found.convergent.dropped == (1,)
    assert found.convergent.value == pytest.approx(0.8, abs=0.03)


def test_methods_that_share_nothing_have_reasons_only():
    first = np.array([[1.0, 2.0], [np.nan, np.nan]])
    found = multitrait(first, first[::-1])
    assert found.convergent.value is None
    assert found.difference.reason


def test_intervals_draw_whole_units():
    rng = np.random.default_rng(0)
    models = np.repeat(np.arange(10), 30)
    true = rng.normal(size=(10, 2))[models]
    first, second = (true + 0.2 * rng.normal(size=(300, 2)) for _ in range(2))
    rows = multitrait(first, second, n_resamples=300).convergent
    whole = multitrait(first, second, n_resamples=300, units=models.tolist()).convergent
    assert rows.low < rows.value < rows.high
    assert whole.high - whole.low > 1.5 * (rows.high - rows.low)


def test_tables_of_different_shape_are_refused():
    with pytest.raises(UsageError, match="two tables"):
        multitrait(np.ones((3, 2)), np.ones((3, 3)))


def test_published_averages_are_the_mean_over_traits(data_dir):
    with (data_dir / "google-personality" / "convergent_validity.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 10
    for row in rows:
        found = mean_convergent([float(row[trait]) for trait in ("EXT", "AGR", "CON", "NEU", "OPE")])
        assert found.value == pytest.approx(float(row["Avg"]), abs=0.01), row["model_id"]
