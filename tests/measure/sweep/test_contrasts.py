"""Personas against a control: hand arithmetic, and how often personas that do not differ are called different."""

from __future__ import annotations

import numpy as np
import pytest

from personae.measure.sweep.contrasts import LOW_POWER, by_item, contrasts, personas_of


def test_repeats_of_an_item_are_one_observation():
    rows = [("human", "q", 1.0)] * 50 + [("b", "q", 0.0)] * 50 + [("human", "r", 1.0), ("b", "r", 1.0)]
    (found,) = contrasts(by_item(rows))
    assert (found.n, found.difference, found.p) == (2, -0.5, 1.0)
    assert found.reason == f"2 pairs; fewer than {LOW_POWER} have little power"


def test_the_test_follows_the_values_and_unpaired_items_are_counted():
    off = {str(at): 1.0 for at in range(60)}
    on = {str(at): float(at >= 20) for at in range(59)} | {"other": 1.0}
    (found,) = contrasts({"human": off, "b": on})
    assert (found.test, found.n, found.unpaired) == ("exact", 59, 2)
    assert found.p == found.exact == pytest.approx(2 / 2**20)
    assert found.relative == pytest.approx(-20 / 59)
    assert found.apart
    (shares,) = contrasts({"human": off, "b": on | {"1": 0.5}})
    assert (shares.test, shares.exact) == ("sign flips", None)


def test_tests_are_counted_together():
    off = {str(at): 1.0 for at in range(40)}
    on = {str(at): float(at >= 6) for at in range(40)}  # six pairs that differ: p = 2 / 64
    alone = contrasts({"human": off, "b": on})
    among = contrasts({"human": off, "b": on} | {f"same{at}": off for at in range(9)})
    assert (alone[0].q, alone[0].found) == (0.03125, True)
    assert (among[0].q, among[0].found) == (0.3125, False)
    assert contrasts({"human": off, "b": {}})[0].q is None
    assert personas_of({"human": "control", "b": "trade"}) == ("b",)


@pytest.mark.parametrize("repeats", [1, 3])
def test_personas_that_do_not_differ_are_called_different_in_at_most_five_per_cent_of_sweeps(repeats, monkeypatch):
    monkeypatch.setattr("personae.measure.sweep.contrasts.FLIPS", 499)
    rng = np.random.default_rng(5)
    sweeps, wrong = 200, 0
    for _ in range(sweeps):
        rates = rng.beta(2, 1, 80)
        values = {
            who: {str(at): float(each) for at, each in enumerate(rng.binomial(repeats, rates) / repeats)}
            for who in ("human", "a", "b", "c", "d", "e", "f")
        }
        wrong += any(each.found for each in contrasts(values))
    assert wrong / sweeps <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / sweeps)
