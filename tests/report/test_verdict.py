"""A colour is given only where the whole interval lies on one side of a line."""

from __future__ import annotations

import pytest
from stubs.runs import drift

from personae.report.verdict import FEWEST_EQUAL, LINES, Line, light_of
from personae.types import Measurement


@pytest.mark.parametrize(
    ("low", "high", "light"),
    [
        (0.80, 0.90, "good"),
        (0.79, 0.99, "open"),
        (0.40, 0.50, "bad"),
        (0.40, 0.51, "open"),
        (0.10, 0.95, "open"),
        (None, None, None),
    ],
)
def test_large_is_good_only_when_all_of_the_interval_is_large(low, high, light):
    assert Line(good=0.8, bad=0.5).light(Measurement("m", 0.6, low=low, high=high, n=20)) == light


@pytest.mark.parametrize(
    ("low", "high", "light"), [(0.0, 0.1, "good"), (0.0, 0.11, "open"), (0.25, 0.9, "bad"), (0.2, 0.9, "open")]
)
def test_small_is_good_where_the_line_says_so(low, high, light):
    assert LINES["drift.out_of_character"].light(Measurement("m", 0.2, low=low, high=high, n=20)) == light


def test_a_few_equal_values_have_no_width_and_prove_nothing():
    few = Measurement("self_knowledge", 1.0, low=1.0, high=1.0, n=FEWEST_EQUAL - 1)
    enough = Measurement("self_knowledge", 1.0, low=1.0, high=1.0, n=FEWEST_EQUAL)
    assert (light_of(few), light_of(enough)) == ("open", "good")


def test_a_number_without_a_line_or_without_a_value_gets_no_light():
    assert light_of(Measurement("style", 0.9, low=0.8, high=1.0, n=9)) is None
    assert light_of(Measurement("grounding", reason="nothing to measure")) is None


def test_a_guesser_that_does_not_drift_is_not_called_steady():
    steady = Measurement("drift", 0.0, low=-0.05, high=0.05, n=20, details=dict(drift().details))
    guesser = Measurement("drift", 0.0, low=-0.05, high=0.05, n=20, details=dict(drift(before=0.3).details))
    bare = Measurement("drift", 0.0, low=-0.05, high=0.05, n=20)
    assert [light_of(m) for m in (steady, guesser, bare)] == ["good", "open", "open"]


def test_a_line_says_where_it_lies():
    assert str(Line(0.8, 0.5)) == "good when the whole interval is ≥ 0.8, bad when it is ≤ 0.5"
    assert str(Line(0.1, 0.3)) == "good when the whole interval is ≤ 0.1, bad when it is ≥ 0.3"
