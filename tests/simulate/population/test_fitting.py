"""Proportional fitting against closed forms; what cannot be met has a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.simulate.population import Margin, fit


def margins(table):
    table = np.asarray(table, dtype=float)
    return [Margin((0,), table.sum(axis=1), "rows"), Margin((1,), table.sum(axis=0), "columns")]


@given(st.integers(0, 10_000))
def test_a_two_way_table_comes_back_from_its_margins_and_its_odds(seed):
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(12, 2.0)).reshape(3, 4)
    bent = table * rng.uniform(0.2, 5, (3, 1)) * rng.uniform(0.2, 5, (1, 4))
    found = fit(bent, margins(table))
    assert found.reason is None
    assert np.abs(found.table - table).max() < 1e-6


def test_margins_alone_give_independence():
    found = fit(np.ones((2, 3)), [Margin((0,), np.array([0.2, 0.8])), Margin((1,), np.array([0.5, 0.3, 0.2]))])
    assert np.allclose(found.table, np.outer([0.2, 0.8], [0.5, 0.3, 0.2]), atol=1e-9)


def test_three_axes_keep_two_tables_that_overlap():
    rng = np.random.default_rng(0)
    whole = rng.dirichlet(np.ones(24)).reshape(2, 3, 4)
    held = [Margin((0, 1), whole.sum(axis=2)), Margin((2, 1), whole.sum(axis=0).T)]
    found = fit(np.ones((2, 3, 4)), held).table
    assert np.allclose(found.sum(axis=2), whole.sum(axis=2), atol=1e-6)
    assert np.allclose(found.sum(axis=0), whole.sum(axis=0), atol=1e-6)
    middle = whole.sum(axis=(0, 2))
    expected = whole.sum(axis=2)[:, :, None] * whole.sum(axis=0)[None] / middle[None, :, None]
    assert np.allclose(found, expected, atol=1e-6)  # conditionally independent given the shared axis


def test_a_zero_margin_stays_zero():
    found = fit(np.ones((2, 2)), [Margin((0,), np.array([0.0, 5.0])), Margin((1,), np.array([2.0, 3.0]))])
    assert found.table.tolist() == [[0.0, 0.0], [pytest.approx(0.4), pytest.approx(0.6)]]


def test_a_cell_that_cannot_be_stays_empty():
    start = [[0.0, 1.0], [1.0, 1.0]]
    found = fit(start, [Margin((0,), np.array([0.3, 0.7])), Margin((1,), np.array([0.5, 0.5]))])
    assert np.allclose(found.table, [[0, 0.3], [0.5, 0.2]], atol=1e-6)


@pytest.mark.parametrize(
    ("start", "held", "reason"),
    [
        (np.ones((2, 2)), [Margin((0,), np.array([5.0, 5.0])), Margin((1,), np.array([5.0, 6.0]))], "sums to 11"),
        (np.eye(2), [Margin((0,), np.array([0.3, 0.7])), Margin((1,), np.array([0.6, 0.4]))], "no table has all"),
        ([[1, 0], [1, 0]], [Margin((1,), np.array([0.5, 0.5]))], "may hold nothing"),
        (np.ones((2, 2)), [Margin((0,), np.array([-1.0, 2.0]))], "negative"),
        (np.ones((2, 2)), [Margin((0,), np.array([np.nan, 2.0]))], "no number"),
        (np.ones((2, 2)), [Margin((0,), np.array([0.0, 0.0]))], "no share above 0"),
        (np.ones((2, 2)), [Margin((0,), np.array([1.0, 2.0, 3.0]))], "the shape"),
        (np.ones((2, 2)), [Margin((5,), np.array([1.0, 2.0]))], "the shape"),
        (np.zeros((2, 2)), [Margin((0,), np.array([1.0, 2.0]))], "no cell above 0"),
    ],
)
def test_an_impossible_table_has_a_reason(start, held, reason):
    found = fit(start, held)
    assert found.table is None
    assert reason in found.reason


def test_tables_that_contradict_each_other_have_a_reason():
    held = [
        Margin((0, 1), np.array([[0.5, 0.0], [0.0, 0.5]]), "a × b"),
        Margin((1, 2), np.array([[0.5, 0.0], [0.0, 0.5]]), "b × c"),
        Margin((0, 2), np.array([[0.0, 0.5], [0.5, 0.0]]), "a × c"),
    ]
    found = fit(np.ones((2, 2, 2)), held)
    assert found.table is None
    assert "no table has all these margins" in found.reason
