"""Ratings are read strictly; slopes are least squares; a rater who tells nothing apart is no rater."""

from __future__ import annotations

import json

import pytest

from personae.judges.verdicts import Problem
from personae.measure.likability import DIMENSIONS, Rated, constant, likability, rate, read_ratings, slope
from personae.models import Scripted
from personae.types import Completion


def said(value=3, **changes):
    return json.dumps(dict.fromkeys(DIMENSIONS, value) | changes)


def rated(session, turn, value, **changes):
    return Rated(session, turn, "answered", dict.fromkeys(DIMENSIONS, value) | changes)


def varied(session, turn, value):
    """All seven at the value, but for one a point below: nobody takes this for a constant rater."""
    return rated(session, turn, value, callback=value - 1)


@pytest.mark.parametrize("value", [1, 3, 5])
def test_seven_whole_numbers_are_read(value):
    assert read_ratings(said(value)) == dict.fromkeys(DIMENSIONS, value)


@pytest.mark.parametrize("wrong", [0, 6, -1, 2.5, True, "4", None, 1e400, [3]])
def test_a_rating_out_of_range_is_a_problem_not_a_one(wrong):
    found = read_ratings(
        said(humour_fit=wrong) if wrong != 1e400 else said().replace('"humour_fit": 3', '"humour_fit": 1e400')
    )
    assert isinstance(found, Problem)


def test_a_missing_rating_spoils_all():
    tree = json.loads(said())
    del tree["callback"]
    assert "'callback' is missing" in read_ratings(json.dumps(tree)).text


async def test_an_unreadable_rating_is_asked_again_and_then_has_a_reason():
    model = Scripted(["Lovely!", said(callback=9)])
    found = await rate(model, "Odile is 71.", "You: Hi.", 1, 2)
    assert (found.outcome, found.ratings, found.mean) == ("unparsed", {}, None)
    assert "not from 1 to 5" in found.why
    assert "Odile is 71." in model.history[0].messages[0].content


async def test_a_refusal_is_told_apart():
    found = await rate(Scripted([Completion("", stop="refusal")]), "p", "t", 1, 1)
    assert found.outcome == "refused"


def test_slopes_are_least_squares():
    assert slope([1, 2, 3, 4], [1.0, 3.0, 2.0, 4.0]) == pytest.approx(0.8)
    assert slope([2, 2], [1.0, 5.0]) is None
    assert slope([], []) is None


def test_planted_slopes_over_turns_and_chats_come_back():
    """Ratings rise by 1 per turn in both chats; the second chat starts a point higher."""
    users = {
        name: [varied(s, t, t + s - 1 + up) for s in (1, 2) for t in (1, 2, 3)] for name, up in (("a", 0), ("b", 0))
    }
    numbers = {one.name: one for one in likability(users)}
    assert numbers["likability.slope.turn"].value == pytest.approx(1.0)
    assert numbers["likability.slope.session"].value == pytest.approx(1.0)
    assert numbers["likability"].value == pytest.approx(2.5 - 1 / 7)
    assert numbers["likability.callback"].value == pytest.approx(1.5)
    assert numbers["likability"].n == 12


def test_the_interval_is_over_users_not_turns():
    users = {str(n): [varied(1, turn, 2 + n) for turn in range(1, 9)] for n in range(3)}
    first = likability(users)[0]
    assert first.low < 2 - 1 / 7 < 4 < first.high
    one = likability({"0": users["0"]})[0]
    assert (one.low, one.high) == (None, None)


@pytest.mark.parametrize("value", [1, 3, 5])
def test_a_constant_rater_is_a_reason(value):
    numbers = likability({"a": [rated(1, turn, value) for turn in range(1, 5)]})
    assert numbers[0].value is None
    assert numbers[0].reason == f"constant rater: {value} for everything, in 4 turns"
    assert all(one.value is None and "constant" in one.reason for one in numbers)


def test_one_constant_rater_among_others_is_left_out_and_counted():
    users = {str(n): [varied(1, turn, 3 + turn % 2) for turn in range(1, 11)] for n in range(19)}
    users["lazy"] = [rated(1, turn, 5) for turn in range(1, 11)]
    first = likability(users)[0]
    assert first.missing == {"constant rater": 10}
    assert first.details["users"] == 19


def test_who_repeats_the_same_seven_ratings_stays_and_is_named():
    told = {"a": [varied(1, turn, 4) for turn in range(1, 5)], "b": [varied(1, turn, turn + 1) for turn in range(1, 5)]}
    first = likability(told)[0]
    assert first.value is not None
    assert first.details["repeating"] == ["a"]


async def test_the_prompt_holds_no_ratings_to_copy():
    model = Scripted([said()])
    await rate(model, "Odile.", "You: Hi.", 1, 1)
    assert '"callback": N' in model.history[0].messages[0].content


def test_a_single_rated_turn_is_no_proof_of_a_constant_rater():
    assert constant([rated(1, 1, 4)]) is None


def test_missing_ratings_are_counted_and_too_many_are_a_reason():
    told = [varied(1, turn, 3) for turn in range(1, 6)] + [Rated(1, turn, "unparsed") for turn in range(6, 11)]
    first = likability({"a": told, "b": told})[0]
    assert first.value is None
    assert first.missing == {"unparsed": 10}
    assert "10 of 20" in first.reason


def test_one_chat_has_no_slope_over_chats():
    numbers = {one.name: one for one in likability({"a": [varied(1, 1, 3), varied(1, 2, 4)]})}
    assert numbers["likability.slope.session"].reason == "nobody rated two turns, or two chats, to compare"
    assert numbers["likability.slope.turn"].value == pytest.approx(1.0)


def test_without_a_rating_there_is_a_reason():
    assert likability({"a": [Rated(1, 1, "refused")]})[0].reason == "no turn was rated"
