"""Paired and unpaired yes-or-no tests, against hand arithmetic and published figures."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.stats.counts import binomial_two_sided
from personae.stats.equivalence import benjamini_hochberg
from personae.stats.intervals import bootstrap, wilson
from personae.stats.two_by_two import McNemar, relative_change, yates


def test_few_pairs_are_tested_exactly():
    found = McNemar(10, 2)
    assert found.exact == pytest.approx(0.0385742, abs=5e-8)
    assert found.corrected is None
    assert found.p == found.exact


def test_many_pairs_are_tested_by_the_corrected_chi_square_and_the_exact_p_stands_beside_it():
    ids = [str(at) for at in range(590)]
    first = {id: at < 460 for at, id in enumerate(ids)}  # 400 both, 60 first alone
    second = {id: at < 400 or 460 <= at < 490 for at, id in enumerate(ids)}  # 30 second alone, 100 neither
    found = McNemar.of(first, second)
    assert (found.only_first, found.only_second) == (60, 30)
    assert found.corrected == pytest.approx(0.0022366, abs=5e-8)
    assert found.p == found.corrected
    assert found.exact == pytest.approx(binomial_two_sided(30, 90))


def test_runs_over_different_items_are_not_compared():
    with pytest.raises(UsageError, match="'c'"):
        McNemar.of({"a": True, "b": False}, {"a": True, "b": False, "c": True})


def test_wilsons_interval_of_twelve_in_ninety_nine():
    found = wilson(12, 99)
    assert (found.low, found.high) == (pytest.approx(0.07072, abs=5e-6), pytest.approx(0.20001, abs=5e-6))


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ((69, 229), (62, 237), 0.539),
        ((69, 229), (62, 238), 0.524),
        ((186, 107), (216, 83), 0.028),
        ((186, 107), (223, 77), 0.006),
    ],
)
def test_deception_with_and_without_an_incentive(first, second, p):
    assert yates(first, second).p == pytest.approx(p, abs=5e-4)


def test_the_correction_never_makes_a_deviation_of_none():
    assert yates((5, 5), (5, 5)).p == 1.0
    with pytest.raises(UsageError, match="cannot be tested"):
        yates((0, 5), (0, 7))


def test_benjamini_hochberg_agrees_with_the_worked_example_of_1995():
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
          0.7590, 1.0]  # fmt: skip
    assert sum(q <= 0.05 for q in benjamini_hochberg(ps)) == 4
    assert benjamini_hochberg(ps[::-1]) == benjamini_hochberg(ps)[::-1]
    assert benjamini_hochberg([]) == ()


def test_repeats_of_one_item_do_not_narrow_the_interval():
    values = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0]
    once = bootstrap(values, seed=1)
    often = bootstrap([value for value in values for _ in range(50)], clusters=[i for i in range(6) for _ in range(50)],
                      seed=1)  # fmt: skip
    assert (often.low, often.high) == (once.low, once.high)


def test_a_change_from_nothing_has_no_size():
    assert relative_change(0.2, 0.4) == -0.5
    assert relative_change(0.2, 0.0) is None
