"""One-way analysis of variance by hand, and where it has nothing to say."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.stats.anova import one_way


def test_f_is_that_of_a_worked_example():
    # Means 5, 9, 10; overall 8; between 6·(9 + 1 + 4) = 84, within 68: F = (84/2)/(68/15).
    found = one_way([6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12])
    assert pytest.approx(42 / (68 / 15)) == found.F
    assert (found.df_between, found.df_within) == (2, 15)
    assert found.p == pytest.approx(0.00239, abs=1e-4)
    assert found.eta_squared == pytest.approx(84 / 152)


def test_with_two_groups_f_is_the_square_of_students_t():
    a, b = [1.0, 2.0, 4.0], [2.0, 5.0, 6.0, 7.0]
    centre, scatter = (7 / 3, 5.0), 14 / 3 + 14.0
    t = (centre[1] - centre[0]) / (scatter / 5 * (1 / 3 + 1 / 4)) ** 0.5
    assert pytest.approx(t * t) == one_way(a, b).F


def test_groups_without_scatter_have_a_reason_and_no_f():
    found = one_way([1.0, 1.0], [2.0, 2.0])
    assert found.F is None
    assert found.p is None
    assert found.reason


@pytest.mark.parametrize("groups", [([1.0, 2.0],), ([1.0], []), ([1.0], [2.0]), ([1.0, float("nan")], [2.0])])
def test_groups_that_cannot_be_compared_are_an_error(groups):
    with pytest.raises(UsageError):
        one_way(*groups)
