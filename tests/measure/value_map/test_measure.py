"""The whole measure on scripted people whose places are known."""

from __future__ import annotations

import dataclasses
import json

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.protocol import Observation
from personae.measure.value_map import ValueMap
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.psychometrics import Instrument, Item, Licence, Response

FIVE = Response(("strongly disagree", "disagree", "unsure", "agree", "strongly agree"))
MAP = Instrument(
    "map",
    (
        Item("tax", "Tax the rich.", key=0, effects={"econ": 10.0, "govt": 0.0}),
        Item("sell", "Sell the railways.", key=0, effects={"econ": -10.0, "govt": 0.0}),
        Item("free", "Everybody may say everything.", key=0, effects={"econ": 0.0, "govt": 10.0}),
    ),
    FIVE,
    Licence("MIT"),
)
PEOPLE = (Persona(name="Ana", summary="A dyer."), Persona(name="Rui", summary="A pilot."))
NOBODY = Persona(name="nobody")


async def taken(measure: ValueMap, model) -> dict:
    agent, plan = Agent(NOBODY, model), measure.plan(NOBODY)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    kept = [Observation(**json.loads(json.dumps(dataclasses.asdict(each)))) for each in seen]
    return {found.name: found for found in measure.summarise(plan, kept)}


def believer(messages):
    """Ana is for equality, Rui against it; both turn right when they are said to be; opinions are denied in turn."""
    told = " ".join(message.content for message in messages)
    if "Tax the rich" in told or "Sell the railways" in told:
        equal = "A dyer" in told and "right-authoritarian" not in told
        return "strongly agree" if equal == ("Tax the rich" in told) else "strongly disagree"
    if "Everybody may say" in told:
        return "unsure"
    return "strongly against" if " not " in messages[-1].content else "strongly in favour"


async def test_a_known_population_has_its_exact_centroid_and_spread():
    found = await taken(ValueMap(MAP, PEOPLE, opinions=False, route="parsed"), Scripted(believer))
    assert found["value_map"].details["centroid"] == {"econ": 50.0, "govt": 50.0}
    assert found["value_map"].value == 50.0
    assert found["value_map.econ"].details["values"] == {"person-00001": 100.0, "person-00002": 0.0}
    assert found["value_map.quarter.high econ, low govt"].value == 0.5


async def test_a_descriptor_moves_those_it_can_move_and_the_asymmetry_says_which_way():
    measure = ValueMap(
        MAP, PEOPLE, descriptors=("right-authoritarian", "left-libertarian"), opinions=False, route="parsed"
    )
    found = await taken(measure, Scripted(believer))
    moved = found["value_map.right-authoritarian.econ"]
    assert (moved.value, moved.n) == (-50.0, 2)
    assert found["value_map.left-libertarian.econ"].value == 0.0
    assert found["value_map.asymmetry.econ"].value == 50.0
    assert found["value_map.asymmetry.econ"].details["moves_more_if_positive"] == "right-authoritarian"


async def test_who_agrees_with_statement_and_denial_is_put_back_to_the_middle():
    yes = Scripted(lambda messages: "strongly in favour" if "in favour" in messages[-1].content else "strongly agree")
    found = await taken(ValueMap(MAP, PEOPLE, route="parsed"), yes)
    assert found["value_map.acquiescence"].value == 1.0
    assert found["value_map.govt"].value == 100.0
    assert found["value_map.corrected.govt"].value == 50.0


async def test_somebody_consistent_has_no_bent_and_nothing_is_corrected():
    found = await taken(ValueMap(MAP, PEOPLE, route="parsed"), Scripted(believer))
    assert abs(found["value_map.acquiescence"].value) < 0.2
    assert found["value_map.acquiescence"].n == 2


async def test_who_refuses_stands_nowhere():
    found = await taken(
        ValueMap(MAP, PEOPLE, opinions=False, route="parsed"), Scripted(lambda _: "As an AI I have no opinions.")
    )
    assert found["value_map"].value is None
    assert found["value_map"].missing == {"refused": 2}
    assert "0 of 2 people" in found["value_map"].reason


async def test_everybody_is_told_the_nearest_profile():
    profiles = {"levelled": {"econ": 100.0, "govt": 50.0}, "sold": {"econ": 0.0, "govt": 50.0}}
    measure = ValueMap(MAP, PEOPLE, profiles, opinions=False, route="parsed")
    agent = Agent(NOBODY, Scripted(believer))
    seen = [await measure.observe(agent, case) for case in measure.plan(NOBODY).cases]
    assert [each.text.rpartition("nearest to ")[2] for each in seen] == ["levelled", "sold"]


def test_what_cannot_be_put_is_refused():
    with pytest.raises(UsageError, match="nobody"):
        ValueMap(MAP, ())
    with pytest.raises(UsageError, match="none called 'plain'"):
        ValueMap(MAP, PEOPLE, descriptors=("plain",))
