"""The measure with scripted models: who goes by what it reads, who knows nothing, who does not answer."""

from __future__ import annotations

import dataclasses
import json

import pytest

from personae.agent import Agent
from personae.errors import ContextOverflow, UsageError
from personae.measure.decisions import CharMap, Decision, Decisions, own_decisions, synthetic_decisions
from personae.measure.decisions.describing import described
from personae.measure.decisions.measure import decisions_of
from personae.measure.protocol import Observation
from personae.models import Scripted
from personae.persona.persona import Persona

NOBODY = Persona(name="nobody")


async def taken(measure: Decisions, model) -> dict:
    agent, plan = Agent(NOBODY, model), measure.plan(NOBODY)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    kept = [Observation(**json.loads(json.dumps(dataclasses.asdict(each)))) for each in seen]
    return {found.name: found for found in measure.summarise(plan, kept)}


def reader(messages, options):
    """Goes by Marta's words where it reads them; else all options are alike to it."""
    wise = "never at night" in messages[-1].content
    return [(-0.1 if not wise or "stays" in option else -9.0) * len(option.split()) for option in options]


async def test_who_goes_by_what_it_reads_decides_rightly_only_with_the_mapped_memory(night):
    measure = Decisions((night,), recall=CharMap(parts=1, memories=2))
    found = await taken(measure, Scripted(option_scores=reader))
    assert found["lifechoice"].value == 1.0
    assert found["lifechoice.scenario"].value == 0.25
    assert found["lifechoice.description"].value == 0.25
    assert found["lifechoice.floor"].value == 0.25
    assert found["lifechoice.mapping_gain"].value == 0.75
    assert found["lifechoice.gain"].value == 0.75


async def test_conditions_differ_in_nothing_but_what_is_read(night):
    model = Scripted(option_scores=reader)
    await taken(Decisions((night,), ("mapped", "scenario", "description", "text", "floor")), model)
    mapped, scenario, description, text, floor = [call.messages for call in model.history]
    assert "Marta said: never" in mapped[-1].content
    assert "never at night" not in description[-1].content
    assert all(memory in text[-1].content for memory in night.memories)
    assert [message.content for message in floor] == [night.question]
    for asked in (mapped, scenario, description, text):
        assert asked[0].role == "system"
        assert "About Ana Reis:\n- Ana bakes bread." in asked[-1].content
        assert asked[-1].content.endswith(f"{night.scenario}\n\n{night.question}")
        assert not any(option in asked[-1].content for option in night.options)


async def test_the_explanation_says_what_was_right_picked_and_remembered(night):
    measure = Decisions((night,), recall=CharMap(parts=1, memories=2))
    seen = await measure.observe(Agent(NOBODY, Scripted(option_scores=reader)), measure.plan(NOBODY).cases[0])
    told = seen.data["explanation"]
    assert "Ana Reis chose: She stays on land." in told
    assert "mapped: She stays on land. (" in told
    assert "came to mind: Marta said: never at night." in told
    assert "bears on it: About any boat" in told
    assert seen.text == "She stays on land."


async def test_all_rotations_are_asked_where_options_are_listed_and_a_taste_for_a_place_is_found_out():
    known = [each.decision for each in synthetic_decisions(12)]
    model = Scripted(lambda messages: "A")
    found = await taken(Decisions(tuple(known), ("mapped",), way="spoken"), model)
    assert len(model.history) == 12 * 4
    assert found["lifechoice"].value == 0.25
    assert found["lifechoice"].details["places"]["biased"]


async def test_refusals_and_broken_answers_are_counted_and_never_zeros(night):
    def says(messages):
        return (
            "I'm sorry, I can't."
            if "Second" in messages[-1].content
            else "perhaps"
            if "Third" in messages[-1].content
            else "B"
        )

    others = [dataclasses.replace(night, id=id, scenario=f"{id} time: a boat.") for id in ("Second", "Third")]
    many = [dataclasses.replace(night, id=f"n{n}") for n in range(20)]
    found = await taken(Decisions((*many, *others), ("description", "floor"), way="spoken"), Scripted(says))
    assert found["lifechoice"].missing == {"refused": 1, "unparsed": 1}
    assert found["lifechoice"].n == 20
    assert found["lifechoice.floor"].missing == {}
    few = await taken(Decisions((night, *others), ("description",), way="spoken"), Scripted(says))
    assert few["lifechoice"].value is None
    assert "1 of 3" in few["lifechoice"].reason


async def test_a_context_that_is_too_long_loses_its_oldest_memories_and_says_so(night):
    long = dataclasses.replace(night, memories=tuple(f"Year {n} was wet." for n in range(200)))

    def score(messages, options):
        if len(messages[-1].content.split()) > 150:
            raise ContextOverflow("too long")
        return [-1.0] * 4

    model = Scripted(option_scores=score)
    found = await taken(Decisions((long,), ("text",)), model)
    asked = model.history[-1].messages[-1].content
    assert "Year 199 was wet." in asked
    assert "Year 0 was wet." not in asked
    assert night.scenario in asked
    assert found["lifechoice"].details["cut_words"]["night"] > 600


async def test_a_decision_that_broke_off_counts_among_those_tried(night):
    many = tuple(dataclasses.replace(night, id=f"n{n}") for n in range(4))
    measure = Decisions(many, ("mapped", "floor"))
    plan = measure.plan(NOBODY)
    agent = Agent(NOBODY, Scripted(option_scores=reader))
    seen = [await measure.observe(agent, case) for case in plan.cases[:2]]
    some = {each.name: each for each in measure.summarise(plan, seen)}
    assert some["lifechoice"].missing == {"not_run": 2}
    assert some["lifechoice"].value is not None
    broken = {each.name: each for each in measure.summarise(plan, [*seen, Observation("n3", "failed")])}
    assert broken["lifechoice"].value is None
    assert broken["lifechoice"].missing == {"failed": 1, "not_run": 1}
    assert broken["lifechoice.floor"].missing == {"failed": 1, "not_run": 1}
    assert all(each.value is None for each in measure.summarise(plan, []))


async def test_names_are_out_of_sight_when_asked_for(night):
    model = Scripted(option_scores=reader)
    await taken(Decisions((night,), anonymise=True), model)
    said = " ".join(
        [
            *(m.content for call in model.history for m in call.messages),
            *(o for call in model.history for o in call.options),
        ]
    )
    for name in ("Ana", "Reis", "Marta", "Rui"):
        assert name not in said
    assert "said: never at night" in said


def test_a_persona_can_decide_in_place_of_the_characters():
    ana = Persona(
        name="Ana", statements=[{"id": "s", "text": "I never sail at night."}], events=[{"text": "I fell overboard."}]
    )
    one = decisions_of(ana, own_decisions()[:1])[0]
    assert one.character == "Ana"
    assert any("sail at night" in part for part in one.parts)
    assert one.memories[0] == "I fell overboard."


def test_wrong_conditions_and_decisions_are_refused(night):
    for conditions in ((), ("mapped", "mapped"), ("guess",)):
        with pytest.raises(UsageError):
            Decisions((night,), conditions)
    for change in ({"gold": 4}, {"options": ("a", "b")}, {"question": ""}, {"options": ("a", "a", "b", "c")}):
        with pytest.raises(UsageError):
            dataclasses.replace(night, **change)
    assert isinstance(night, Decision)


async def test_a_record_without_a_description_is_described_from_what_was_lived(night):
    bare = dataclasses.replace(
        night, description="", memories=("Ana Reis was proud. She left.", "Ana ran.", "It rained.")
    )
    measure = Decisions((bare,))
    model = Scripted(option_scores=reader)
    seen = await measure.observe(Agent(NOBODY, model), measure.plan(NOBODY).cases[0])
    assert seen.data["description_parts"] == 1
    assert "About Ana Reis:\n- Ana Reis was proud." in model.history[0].messages[-1].content
    nobody = dataclasses.replace(bare, character="it", memories=("It was cold.",))
    assert described(nobody) == nobody


async def test_the_model_itself_may_select_the_parts(night):
    number = next(n for n, part in enumerate(night.parts, 1) if "Marta" in part)
    model = Scripted([f"[{number}]"], option_scores=reader)
    measure = Decisions((night,), recall=CharMap(parts=1, memories=2), bearing="model")
    found = await taken(measure, model)
    assert found["lifechoice"].value == 1.0
    (asked,) = [call.messages[-1].content for call in model.history if "JSON list" in call.messages[-1].content]
    assert f"{number}. {night.parts[number - 1]}" in asked
    assert not any(option in asked for option in night.options)


@pytest.mark.parametrize("said", ["All of them.", "[99]", "[true]", '{"parts": [1]}', "", "[" * 3000])
async def test_a_selection_that_cannot_be_read_leaves_it_to_nearness_and_says_so(night, said):
    measure = Decisions((night,), recall=CharMap(parts=1, memories=2), bearing="model")
    agent = Agent(NOBODY, Scripted([said], option_scores=reader))
    (case,) = measure.plan(NOBODY).cases
    seen = await measure.observe(agent, case)
    assert seen.data["parts_by"] == f"nearness; the model's selection was {'empty' if not said else 'unparsed'}"
    plain = await Decisions((night,), recall=CharMap(parts=1, memories=2)).observe(agent, case)
    assert seen.data["conditions"] == plain.data["conditions"]
