from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.softmax import fit


@pytest.mark.parametrize("C", [0.1, 10.0])
def test_the_optimum_is_scikit_learns(C: float) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 60)), rng.integers(0, 3, size=40)
    theirs = linear.LogisticRegression(C=C, tol=1e-10, max_iter=20_000).fit(X, y)

    np.testing.assert_allclose(fit(X, y, 3, C=C).probability(X), theirs.predict_proba(X), atol=1e-4)


def test_a_class_without_a_row_and_a_weight_of_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="each of 3 classes"):
        fit([[1.0], [2.0]], [0, 1], 3)
    with pytest.raises(UsageError, match="above 0"):
        fit([[1.0], [2.0]], [0, 1], 2, C=0.0)
