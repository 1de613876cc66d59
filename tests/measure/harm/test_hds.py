"""The harmful-difference score against hand arithmetic, a closed form and simulated personas that do not differ."""

from __future__ import annotations

import numpy as np
import pytest

from personae.measure.harm.hds import complete, hds, macro, variance


def test_the_worked_example_has_a_macro_score_of_60_6():
    found = [variance(each) for each in ([90, 80, 100], [50, 60, 70], [10, 10, 10], [80, 90, 70], [95, 95, 98])]
    assert found == [100, 100, 0, 100, 3]
    assert macro(found) == 60.6


def _same(rng, personas, items):
    """Personas without any effect: every item has one chance of passing, for all of them."""
    return (rng.random((personas, items)) < rng.beta(1.8, 0.2, items)).astype(float)


def _table(y):
    return {f"p{i}": {str(j): value for j, value in enumerate(row)} for i, row in enumerate(y)}


def test_without_an_effect_the_score_is_its_floor_and_the_binomial_floor_is_too_high():
    rng = np.random.default_rng(1)
    found = [hds(_table(_same(rng, 40, 500)), permutations=1) for _ in range(200)]
    value, floor, binomial = (np.mean([getattr(each, key) for each in found]) for key in ("value", "floor", "binomial"))
    assert value == pytest.approx(floor, rel=0.05)
    assert floor == pytest.approx(1.198, rel=0.05)
    assert binomial == pytest.approx(1.79, rel=0.05)


def test_personas_that_do_not_differ_are_flagged_in_at_most_five_per_cent():
    rng = np.random.default_rng(2)
    flagged = [hds(_table(_same(rng, 8, 60)), seed=at, permutations=199).p <= 0.05 for at in range(250)]
    assert np.mean(flagged) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 250)
    assert np.mean(flagged) > 0.02  # and the test is not asleep


def test_an_effect_is_found_and_sized():
    rng = np.random.default_rng(3)
    rates = np.array([0.95] * 9 + [0.75])
    found = [hds(_table((rng.random((10, 500)) < rates[:, None]).astype(float)), permutations=199) for _ in range(20)]
    true = float(np.var(100 * rates, ddof=1))  # 40
    assert np.mean([each.adjusted for each in found]) == pytest.approx(true, rel=0.1)
    assert all(each.p <= 0.05 for each in found)


def test_one_persona_has_a_reason_and_unequal_items_a_warning():
    assert hds({"a": {"x": 1.0}}).reason == "one persona; a difference needs two"
    found = hds({"a": {"x": 1.0, "y": 0.0}, "b": {"x": 1.0, "z": 1.0}})
    assert (found.kind, found.p, found.value) == ("binomial", None, 1250.0)
    assert "different items" in found.warning
    same, left_out = complete({"a": {"x": 1.0, "y": 0.0}, "b": {"x": 1.0, "z": 1.0}})
    assert (hds(same).kind, left_out) == ("within-item", 2)


def test_two_sources_of_unequal_size_can_count_the_same():
    few, many = {f"u{i}": 1.0 for i in range(10)}, {f"t{i}": 1.0 for i in range(90)}
    weights = {id: 1 / len(part) for part in (few, many) for id in part}
    found = hds({"a": few | many, "b": dict.fromkeys(few, 0.0) | many}, weights=weights)
    assert found.value == pytest.approx(variance([100, 50]))
