"""The tax in numbers: exact tests, correction, what could have been found."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.persona_tax.tax import detectable, spread, spread_and_controllability, taxes

RIGHT = {f"q{at}": at % 4 > 0 for at in range(200)}


def worse(by):
    """The same answers with `by` more errors."""
    right = [id for id, is_right in RIGHT.items() if is_right]
    return {**RIGHT, **dict.fromkeys(right[:by], False)}


def test_fifteen_more_errors_of_two_hundred_are_minus_seven_and_a_half_points():
    (found,) = taxes(RIGHT, {"psychopathy": worse(15)})
    assert found.difference.value == pytest.approx(-0.075)
    assert found.p == 2 / 2**15
    assert f"{found.p:.1e}" == "6.1e-05"
    assert (found.lost, found.gained, found.n) == (15, 0, 200)


def test_a_persona_that_changes_nothing_costs_nothing():
    (found,) = taxes(RIGHT, {"nobody": dict(RIGHT)})
    assert (found.difference.value, found.p, found.p_holm) == (0.0, 1.0, 1.0)


def test_p_values_are_corrected_over_the_characters():
    found = {tax.name: tax for tax in taxes(RIGHT, {"a": worse(6), "b": worse(7), "c": dict(RIGHT)})}
    assert found["b"].p_holm == 3 * 2 / 2**7
    assert found["a"].p_holm == 2 * 2 / 2**6
    assert found["c"].p_holm == 1.0


def test_items_that_only_one_answered_are_counted_apart():
    some = {id: right for id, right in worse(3).items() if id != "q1"}
    (found,) = taxes(RIGHT, {"a": some})
    assert (found.n, found.unpaired, found.lost) == (199, 1, 2)


def test_without_items_in_common_there_is_no_difference():
    (found,) = taxes({"a": True}, {"x": {"b": True}})
    assert (found.difference.value, found.accuracy, found.detectable, found.p) == (None, None, None, 1.0)


def test_what_could_have_been_found_is_found_four_times_in_five():
    """By simulation: with the difference named and the share of discordant items, exact McNemar rejects about 80 %."""
    n, psi = 400, 0.2
    delta = detectable(n, round(psi * n))
    rng = np.random.default_rng(7)
    draws = rng.multinomial(n, [(psi + delta) / 2, (psi - delta) / 2, 1 - psi], size=1500)
    hits = np.mean([_exact(int(b), int(c)) < 0.05 for b, c, _ in draws])
    assert 0.74 < hits < 0.85


def _exact(b, c):
    return min(1.0, 2 * sum(comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c))


def test_six_one_sided_items_are_the_least_an_exact_test_can_tell():
    assert detectable(200, 0) == 6 / 200
    with pytest.raises(UsageError):
        detectable(0, 0)


@given(st.integers(1, 500), st.data())
def test_the_detectable_difference_is_a_share(n, data):
    assert 0 < detectable(n, data.draw(st.integers(0, n))) <= 1


def test_spread_and_controllability_correlate_over_models():
    models = {f"m{at}": float(at) for at in range(6)}
    assert spread_and_controllability(models, {m: v**2 for m, v in models.items()})[:2] == (1.0, 6)
    assert spread_and_controllability(models, dict.fromkeys(models, 1.0))[2] == "one of the two does not vary"
    assert spread({"a": 0.5, "b": 0.7}) == pytest.approx(0.02)
    assert spread({"a": 0.5}) is None
