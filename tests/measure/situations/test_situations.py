"""The measure behind the situational test, on models whose advice is known."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.protocol import Observation
from personae.measure.situations import Situations
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.psychometrics.situations import chosen, own_situations, templates

ANA = Persona(name="Ana", summary="A clerk.")
FEW = chosen(own_situations(), traits=["extraversion", "openness", "narcissism"], n=5)
HIGHS = {text: one.trait for one in own_situations() for text in one.options[:2]}
LOWS = {text: one.trait for one in own_situations() for text in one.options[2:]}


def advisor(high=lambda trait, system: 0.9) -> Scripted:
    """Shares `high(trait, system prompt)` between the two high answers, wherever they stand."""

    def scores(messages, options):
        shown = [line[3:] for line in messages[-1].content.splitlines() if line[1:3] == ". "]
        if not shown or shown[0] not in HIGHS | LOWS:
            return [math.log(1 / len(options))] * len(options)
        system = messages[0].content if messages[0].role == "system" else ""
        share = [high(HIGHS[t], system) / 2 if t in HIGHS else (1 - high(LOWS[t], system)) / 2 for t in shown]
        return [math.log(s) if s else -math.inf for s in share]

    return Scripted(option_scores=scores)


async def measured(measure, model, persona=ANA):
    plan = measure.plan(persona)
    agent = Agent(persona, model)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    json.dumps([asdict(observation) for observation in seen])  # it travels in a log
    return {number.name: number for number in measure.summarise(plan, seen)}, plan, seen


async def test_a_known_advisor_is_recovered_with_its_certificate():
    wanted = {"extraversion": 0.9, "openness": 0.2, "narcissism": 0.0}
    numbers, plan, seen = await measured(Situations(FEW), advisor(lambda trait, _: wanted[trait]))
    assert len(plan.cases) == 15
    for trait, share in wanted.items():
        number = numbers[f"trait_mcq.{trait}"]
        assert number.value == (100.0 if share > 0.5 else 0.0)
        assert number.details["graded"] == pytest.approx(100 * share)
        assert number.details["order_sensitivity"] == number.details["prompt_sensitivity"] == 0.0
        assert number.low <= number.value <= number.high
        assert number.n == 5
    assert numbers["trait_mcq"].value == 1.0
    assert numbers["trait_mcq.position"].details["biased"] is False
    assert {round(o.value, 6) for o in seen} == set(wanted.values())


async def test_the_persona_stands_before_the_situation():
    model = advisor()
    await measured(Situations(FEW[:1], blocks=1), model)
    asked = [call.messages for call in model.history if "Mara" in call.messages[-1].content]
    assert len(asked) == 3 * 4
    assert all("Ana" in messages[0].content for messages in asked)


async def test_what_prompts_move_is_told_beside_what_they_leave_alone():
    prompts = {"openness-high": "OPEN", "openness-low": "CLOSED", "pirate": "Arr."}
    model = advisor(lambda trait, system: {"OPEN": 1.0, "CLOSED": 0.0}.get(system, 0.4) if trait == "openness" else 0.3)
    numbers, plan, _ = await measured(Situations(FEW, blocks=1, prompts=prompts, baseline=True), model)
    assert len(plan.cases) == 4 * 15
    assert numbers["trait_mcq.openness-high.openness"].value == 100.0
    assert numbers["trait_mcq.none.openness"].value == numbers["trait_mcq.pirate.openness"].value == 0.0
    moved = numbers["trait_mcq.moved"]
    assert moved.value == 100.0
    assert moved.details["apart"] == {"openness": {"extraversion": 0.0, "openness": 100.0, "narcissism": 0.0}}
    alone = [call.messages for call in model.history if len(call.messages) == 1]
    assert all(messages[0].role == "user" for messages in alone)


async def test_refusals_and_cases_never_tried_are_counted_not_scored():
    model = Scripted(lambda _: "I'm sorry, but I can't help with that.")
    measure = Situations(FEW, blocks=1, way="spoken")
    numbers, plan, seen = await measured(measure, model)
    assert numbers["trait_mcq.refusal"].value == 1.0
    assert {o.outcome for o in seen} == {"refused"}
    assert all(number.value is None for name, number in numbers.items() if name != "trait_mcq.refusal")
    assert numbers["trait_mcq"].missing == {"refused": 15}
    early = {number.name: number for number in measure.summarise(plan, seen[:5])}
    assert early["trait_mcq"].missing == {"refused": 5, "not_run": 10}
    assert "10 cases are not among those seen" in early["trait_mcq.refusal"].reason


async def test_answers_by_two_routes_are_not_pooled():
    _, plan, seen = await measured(Situations(FEW[:5], blocks=1), advisor())
    strange = [dict(row, route="parsed") for row in seen[0].data["rows"]]
    mixed = [Observation(seen[0].case_id, "answered", 0.9, data={"rows": strange}), *seen[1:]]
    numbers = {n.name: n for n in Situations(FEW[:5], blocks=1).summarise(plan, mixed)}
    assert numbers["trait_mcq.extraversion"].n == 4
    assert numbers["trait_mcq.extraversion"].missing == {"unanswered": 1}


async def test_a_model_that_answers_in_words_is_read():
    def says(messages):
        shown = [line for line in messages[-1].content.splitlines() if line[1:3] == ". "]
        return f"Answer: {next(line for line in shown if line[3:] in LOWS)}"

    numbers, _, _ = await measured(Situations(FEW, blocks=1, way="spoken"), Scripted(says))
    assert numbers["trait_mcq.openness"].value == 0.0
    assert numbers["trait_mcq.refusal"].value == 0.0


def test_a_case_is_named_after_respondent_and_situation():
    plan = Situations(FEW, prompts={"pirate": "Arr."}).plan(ANA)
    assert plan.cases[0].id == "pirate/extraversion-1"
    assert plan == Situations(FEW, prompts={"pirate": "Arr."}).plan(ANA)


@pytest.mark.parametrize(
    "parameters",
    [
        {"items": ()},
        {"wordings": ()},
        {"blocks": 0},
        {"blocks": 3},
        {"prompts": {"none": "x"}},
        {"prompts": {"itself": "x"}},
    ],
)
def test_parameters_without_sense_are_turned_down(parameters):
    with pytest.raises(UsageError):
        Situations(**parameters)


def test_one_wording_is_enough_to_ask_and_leaves_prompt_sensitivity_open():
    assert Situations(FEW, wordings=templates()[:1]).wordings[0].name == "plain"
