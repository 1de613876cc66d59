"""Over models: what moves, which way, and what a report and a behaviour say together."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.say_do.dissociation import Dissociation, shift
from personae.measure.say_do.links import verdict
from personae.types import Measurement

FLAT = dict.fromkeys("abcdefgh", 1.0)
UP = {model: 2.0 + at / 10 for at, model in enumerate("abcdefgh")}
DOWN = {model: -at / 10 for at, model in enumerate("abcdefgh")}
MIXED = {model: 1.0 + (at % 2 * 2 - 1) * (1 + at) for at, model in enumerate("abcdefgh")}


@pytest.mark.parametrize(
    ("report", "behaviour", "expected", "said"),
    [
        (UP, UP, 1, "follows"),
        (UP, DOWN, -1, "follows"),
        (UP, DOWN, 1, "turns against"),
        (UP, MIXED, 1, "says and does not"),
        (MIXED, UP, 1, "does and does not say"),
        (MIXED, FLAT, 1, "neither moves"),
    ],
)
def test_the_verdict_follows_from_both_moves_and_the_sign_stated(report, behaviour, expected, said):
    found = Dissociation(shift("r", FLAT, report, expected=1), shift("b", FLAT, behaviour, expected=expected))
    assert found.verdict == said


def test_eight_models_that_all_rise_have_the_exact_p():
    found = shift("r", FLAT, UP, expected=1)
    assert (found.p, found.up, found.as_expected) == (2 / 2**8, 8, 8)


def test_five_models_are_too_few_for_any_verdict():
    five = {model: UP[model] for model in "abcde"}
    found = shift("r", FLAT, five, expected=1)
    assert (found.n, found.unpaired) == (5, 3)
    assert Dissociation(found, found).verdict == "too few"


def test_a_sign_has_to_be_stated():
    with pytest.raises(UsageError, match="before you look"):
        shift("r", FLAT, UP, expected=0)


def test_without_models_there_is_a_count_and_no_value():
    found = shift("r", {"a": 1.0}, {"b": 1.0}, expected=1)
    assert (found.n, found.mean, found.p, found.unpaired) == (0, None, None, 2)


@pytest.mark.parametrize(
    ("report", "behaviour", "said"),
    [((1, 2), (1, 2), "follows"), ((1, 2), (-2, -1), "turns against"), ((1, 2), (-1, 1), "says and does not"),
     ((-2, -1), (-2, -1), "follows"), ((-1, 1), (1, 2), "does and does not say"), ((-1, 1), (-1, 1), "neither moves")],
)  # fmt: skip
def test_for_one_persona_the_intervals_decide(report, behaviour, said):
    one, other = (Measurement("m", sum(each) / 2, low=each[0], high=each[1]) for each in (report, behaviour))
    assert verdict(one, other, 1) == said
    assert verdict(one, Measurement("m", reason="nothing"), 1) == "unknown"
