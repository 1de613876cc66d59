"""The optimum is the optimum, folds are scikit-learn's, unseen rows stay unseen."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.logistic import Scale, cross_validated, fit, stratified_folds


def _objective(w: np.ndarray, b: float, X: np.ndarray, y: np.ndarray, C: float) -> float:
    margin = (2 * y - 1) * (X @ w + b)
    return 0.5 * w @ w + C * np.logaddexp(0, -margin).sum()


@pytest.mark.parametrize("C", [0.1, 1.0, 100.0])
def test_the_slope_is_zero_at_the_solution_and_no_neighbour_is_better(C):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(40, 60))
    y = (X[:, 0] + rng.normal(size=40) > 0).astype(int)
    model = fit(X, y, C=C)
    error = model.probability(X) - y
    assert np.abs(model.weights + C * X.T @ error).max() < 1e-6
    assert abs(C * error.sum()) < 1e-6
    best = _objective(model.weights, model.intercept, X, y, C)
    for _ in range(50):
        assert best <= _objective(model.weights + rng.normal(0, 0.01, 60), model.intercept + 0.001, X, y, C)


def test_one_feature_and_no_intercept_solve_the_equation_by_hand():
    # w = 2·(2σ(−2w) + σ(−w)) by symmetry
    w = float(fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1]).weights[0])
    assert w == pytest.approx(2 * (2 / (1 + np.exp(2 * w)) + 1 / (1 + np.exp(w))))


def test_huge_values_do_not_overflow():
    model = fit([[-1e4, 1.0], [1e4, 1.0], [-9e3, 0.0], [9e3, 1.0]], [0, 1, 0, 1])
    assert np.isfinite(model.weights).all()
    assert model.told([[-1e4, 1.0], [1e4, 0.0]]).tolist() == [0, 1]


def test_folds_are_stratified_in_order():
    # by the rule of scikit-learn: folds take every third of the sorted labels, and give each class its runs
    assert stratified_folds([1, 1, 1, 1, 0, 0, 0], 3).tolist() == [0, 0, 1, 2, 0, 1, 2]
    place = stratified_folds([0] * 65 + [1] * 65, 10)
    assert [int((place[:65] == fold).sum()) for fold in range(10)] == [7, 7, 7, 7, 7, 6, 6, 6, 6, 6]
    assert [int((place == fold).sum()) for fold in range(10)] == [13] * 10


def test_columns_that_do_not_vary_are_only_centred():
    scale = Scale.of([[1.0, 5.0], [3.0, 5.0]])
    assert scale.z([[1.0, 5.0], [3.0, 7.0]]).tolist() == [[-1.0, 0.0], [1.0, 2.0]]


def test_noise_is_not_recovered_from_unseen_rows():
    rng = np.random.default_rng(5)
    found = cross_validated(rng.normal(size=(400, 5)), [0, 1] * 200)
    assert 0.4 < found.accuracy < 0.6


@pytest.mark.parametrize(
    ("X", "y"),
    [([[1.0], [2.0]], [0, 0]), ([[1.0]], [0, 1]), ([[float("nan")], [1.0]], [0, 1]), ([[1.0], [2.0]], [0, 2])],
)
def test_rows_that_are_no_two_classes_are_an_error(X, y):
    with pytest.raises(UsageError):
        fit(X, y)


def test_a_class_smaller_than_the_folds_is_an_error():
    with pytest.raises(UsageError, match="folds"):
        cross_validated([[float(i)] for i in range(12)], [0] * 9 + [1] * 3, folds=5)
