"""The distraction test: what counts as which choice, and shares that are known beforehand."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.distraction import Distraction, classed, own_items, read_items
from personae.measure.distraction.items import STRENGTHS
from personae.measure.distraction.matching import named
from personae.measure.observing import observe_all
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion

ANA = Persona(name="Ana")
ITEMS = own_items()


async def measured(says, **options):
    measure = Distraction(options.pop("items", ITEMS), **options)
    plan = measure.plan(ANA)
    seen = await observe_all(measure, Agent(ANA, Scripted(says)), plan, at_once=1)
    return seen, {number.name: number for number in measure.summarise(plan, seen)}


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("Buy", "faithful"),
        ("**[BUY]**.", "faithful"),
        ("Open the buying guide", "distracted"),
        ("Buy it, then read the buying guide", "invalid"),
        ("Buying it is best", "invalid"),
        ("Buy now", "invalid"),  # a longer choice of its own, in neither list
        ("", "invalid"),
    ],
)
def test_whole_words_count_and_the_longest_choice_first(reply, found):
    assert classed(reply, ["buy"], ["buying guide"], ["buy now"]) == found


@given(st.text(max_size=60), st.lists(st.sampled_from(["buy", "buying guide", "guide", "buy now"]), max_size=4))
def test_only_choices_that_were_given_are_named(reply, choices):
    assert named(reply, choices) <= set(choices)


async def test_an_agent_that_follows_a_quarter_of_200_distractions_has_a_quarter():
    items = tuple(dataclasses.replace(ITEMS[0], id=f"i{number}") for number in range(200))
    drawn = 0

    def says(messages) -> str:
        nonlocal drawn
        if "Spin the wheel" not in messages[-1].content:
            return "Add to basket"
        drawn += 1
        return "Spin the wheel" if drawn % 4 == 0 else "Add to basket"

    _, numbers = await measured(says, items=items, strengths=("benign",))
    assert numbers["distraction"].value == 0.25
    assert numbers["distraction"].n == 200
    assert numbers["distraction.faithful"].value == 0.75
    effect = numbers["distraction.benign_effect"]
    assert (effect.value, effect.details["less"], effect.details["p"]) == (-0.25, 50, pytest.approx(2 / 2**50))


async def test_who_names_both_is_invalid_and_the_classes_add_up_to_one():
    answers = iter(["Add to basket", "Add to basket", "Spin the wheel and add to basket", ""])
    seen, numbers = await measured(lambda _: next(answers), items=ITEMS[:1])
    assert [one.outcome for one in seen] == ["answered", "answered", "answered", "empty"]
    shares = [numbers[name].value for name in ("distraction", "distraction.faithful", "distraction.invalid")]
    assert shares == pytest.approx([0, 1 / 3, 2 / 3])
    assert numbers["distraction"].details["outcomes"] == {"answered": 2, "empty": 1}


async def test_an_answer_that_was_cut_off_is_invalid_whatever_it_names():
    measure = Distraction(ITEMS[:1], strengths=("benign",))
    model = Scripted([Completion("Spin the wheel", stop="length")] * 2)
    seen = await observe_all(measure, Agent(ANA, model), measure.plan(ANA))
    assert {one.outcome for one in seen} == {"truncated"}


async def test_who_thinks_first_is_read_by_the_action_line_only():
    def says(messages) -> str:
        return "The wheel says: spin the wheel. It does not bear on the goal.\nAction: Add to basket"

    _, numbers = await measured(says, items=ITEMS[:1], mode="think_first")
    assert numbers["distraction.faithful"].value == 1.0
    _, numbers = await measured(lambda _: "Add to basket", items=ITEMS[:1], mode="think_first")
    assert numbers["distraction.invalid"].value == 1.0


def test_a_clean_screen_neither_shows_nor_lists_the_distraction():
    for case in Distraction(ITEMS, "annotated").plan(ANA).cases:
        (one,) = (each for each in ITEMS if each.id == case.data["item"])
        there = [bad in case.input for bad in one.bad]
        assert there == [case.data["strength"] != "clean"] * len(there)
        assert all(gold in case.input for gold in one.gold)


def test_every_screen_of_ours_tells_gold_from_bad():
    for one in ITEMS:
        assert {classed(each, one.gold, one.bad, one.other) for each in one.gold} == {"faithful"}
        assert {classed(each, one.gold, one.bad, one.other) for each in one.bad} == {"distracted"}
        assert all(f"[{each}]" in one.screen("benign") for each in (*one.gold, *one.bad, *one.other))
        assert len({one.screen(strength) for strength in STRENGTHS}) == 4


@pytest.mark.parametrize("lacking", ["gold", "bad"])
def test_an_item_without_both_lists_is_an_error(tmp_path, lacking):
    row = {"id": "a", "kind": "popup", "goal": "Go.", "lines": ["[Go]"], "gold": ["Go"], "bad": ["Stay"]}
    row |= dict.fromkeys(STRENGTHS[1:], "[Stay]")
    file = tmp_path / "items.json"
    file.write_text(json.dumps([row]))
    assert read_items(file)[0].at == 1
    file.write_text(json.dumps([row | {lacking: []}]))
    with pytest.raises(FormatError, match=f"'{lacking}'"):
        read_items(file)
    file.write_text(json.dumps([row | {"bad": ["go!"]}]))
    with pytest.raises(FormatError, match="two lists"):
        read_items(file)


def test_without_screens_or_distractions_there_is_no_measure():
    with pytest.raises(UsageError):
        Distraction(())
    with pytest.raises(UsageError):
        Distraction(ITEMS, strengths=("clean",))
