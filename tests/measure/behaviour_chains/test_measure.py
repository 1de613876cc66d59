"""The measure with scripted models: who knows all, who likes a place, who answers only sometimes."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow
from personae.judges.relative import RelativeJudge
from personae.measure.behaviour_chains import BehaviourChains
from personae.measure.behaviour_chains.open_ended import judged
from personae.measure.protocol import Observation
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Settings

NOBODY = Persona(name="nobody")


async def taken(measure: BehaviourChains, model) -> dict:
    agent, plan = Agent(NOBODY, model), measure.plan(NOBODY)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    kept = [Observation(**json.loads(json.dumps(dataclasses.asdict(each)))) for each in seen]
    return {found.name: found for found in measure.summarise(plan, kept)}


def knows(*steps: int):
    """Prefers the true behaviour at these steps and waiting at the others; without a context all options are alike."""

    def score(messages, options):
        told = messages[-1].content
        step = next((n for n in range(4) if f"Hour {n}" in told), None)
        wanted = "" if step is None else " TRULY" if step in steps else "She waits"
        return [(-0.1 if wanted in option else -5.0) * len(option.split()) for option in options]

    return Scripted(option_scores=score)


async def test_hits_misses_and_streaks_are_those_of_the_marks(rain):
    found = await taken(BehaviourChains((rain,)), knows(0, 1, 3))
    assert found["behaviour_chain"].value == 0.75
    assert found["behaviour_chain.cam"].value == pytest.approx(0.4)
    assert found["behaviour_chain.max_chain"].value == 0.5
    assert found["behaviour_chain.cam"].details["marks"] == {"rain": [True, True, False, True]}
    assert found["behaviour_chain.floor"].value == 0.0  # all options alike: none is alone the likeliest
    assert found["behaviour_chain.gain"].value == 0.75
    assert found["behaviour_chain.snowball"].details["permutations"] == 1000


async def test_who_hits_everything_has_nothing_to_shuffle(rain):
    found = await taken(BehaviourChains((rain,)), knows(0, 1, 2, 3))
    assert found["behaviour_chain.cam"].value == 1.0
    assert found["behaviour_chain.expected_cam"].value == 1.0
    assert "nothing to shuffle" in found["behaviour_chain.snowball"].reason


async def test_true_earlier_behaviours_are_in_view_and_later_ones_are_not(rain):
    model = knows(0)
    await taken(BehaviourChains((rain,)), model)
    asked = [call.messages[-1].content for call in model.history if "Hour 2" in call.messages[-1].content]
    assert asked
    for text in asked:
        assert "1. She takes step 0 TRULY.\n2. She takes step 1 TRULY." in text
        assert "step 2" not in text
        assert "Rui had warned her." in text


async def test_whoever_likes_a_place_hits_a_node_only_by_chance_and_is_found_out(rain):
    class FirstLetter(Scripted):
        async def logprobs(self, messages, options):
            scores = await super().logprobs(messages, options)
            return dataclasses.replace(scores, method="letters")

    chains = tuple(dataclasses.replace(rain, id=f"rain-{n}") for n in range(6))
    model = FirstLetter(option_scores=lambda messages, options: [-0.01, *[-6.0] * (len(options) - 1)])
    found = await taken(BehaviourChains(chains, way="letters"), model)
    assert found["behaviour_chain"].value == 0.0  # in all rotations together every option has the same share
    assert found["behaviour_chain"].details["places"]["biased"]
    assert set(found["behaviour_chain"].details["credits"].values()) == {0.25}


async def test_a_node_without_an_answer_is_missing_and_its_chain_has_no_streaks(rain):
    def sometimes(messages):
        return "I'm sorry, I can't." if "Hour 1" in messages[-1].content else "A"

    nodes = [dataclasses.replace(node, context=node.context.replace("Hour", "Time")) for node in rain.nodes]
    dry = [dataclasses.replace(rain, id=f"dry-{n}", nodes=tuple(nodes)) for n in range(10)]
    found = await taken(BehaviourChains((*dry, rain), way="spoken"), Scripted(sometimes))
    assert found["behaviour_chain"].missing == {"refused": 1}
    assert found["behaviour_chain"].n == 43
    assert found["behaviour_chain.cam"].missing == {"incomplete_chain": 1}
    assert found["behaviour_chain.cam"].n == 10
    chains = tuple(dataclasses.replace(rain, id=f"rain-{n}") for n in range(4))
    none = await taken(BehaviourChains(chains, way="spoken"), Scripted(sometimes))
    assert none["behaviour_chain"].value is None
    assert "12 of 16" in none["behaviour_chain"].reason


async def test_a_history_that_is_too_long_is_cut_from_the_left_and_said(rain):
    long = dataclasses.replace(rain, history="old " * 500)

    def score(messages, options):
        if len(messages[-1].content.split()) > 120:
            raise ContextOverflow("too long")
        return [-1.0 - len(option) for option in options]

    measure = BehaviourChains((long,))
    seen = await measure.observe(Agent(NOBODY, Scripted(option_scores=score)), measure.plan(NOBODY).cases[3])
    assert seen.data["asked"]["cut_words"] > 380
    assert "words of what went before were cut" in seen.data["explanation"]
    assert seen.outcome == "answered"


async def test_names_are_out_of_sight_when_asked_for(rain):
    model = knows(0)
    await taken(BehaviourChains((rain,), anonymise=True), model)
    said = " ".join(message.content for call in model.history for message in call.messages)
    assert "Ana" not in said
    assert "Rui" not in said


async def test_behaviours_in_its_own_words_are_judged_and_carry_the_judges_standing(rain):
    model = knows(0, 1, 2, 3)
    model._always = lambda messages: "She runs." if "Hour 0" not in messages[-1].content else "I'm sorry, but I can't."
    judge = RelativeJudge(
        Scripted(lambda messages: "[Scores]: (8, 4)", "kind"), "personality_consistency", both_orders=False
    )
    chains = tuple(dataclasses.replace(rain, id=f"rain-{n}") for n in range(1))
    found = await taken(BehaviourChains(chains, judge=judge), model)
    ratio = found["behaviour_chain.open.ratio"]
    assert ratio.value is None  # one of four refused: too few
    assert ratio.missing == {"refused": 1}
    assert ratio.details["judge"] == {"name": "kind", "standing": "untested", "card": None}
    model._always = lambda messages: "She runs."
    found = await taken(
        BehaviourChains((rain,), judge=judge, judge_note={"name": "kind", "standing": "qualified", "card": {}}), model
    )
    assert found["behaviour_chain.open.ratio"].value == 2.0
    assert found["behaviour_chain.open.log_ratio"].value == pytest.approx(math.log(2))
    assert found["behaviour_chain.open.ratio"].details["judge"]["standing"] == "qualified"


REFUSED = Completion("She", stop="refusal")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("", "empty"), (REFUSED, "refused"), (BadResponse("html"), "failed"), (ContextOverflow("long"), "failed")],
)
async def test_a_behaviour_that_is_none_is_an_outcome_and_not_a_score(rain, answer, outcome):
    judge = RelativeJudge(Scripted([]), "personality_consistency")
    got = await judged(Scripted([answer] * 40), judge, rain, 2, Settings())
    assert (got["outcome"], got["verdict"]) == (outcome, None)


async def test_half_of_a_run_says_what_was_not_run(rain):
    measure = BehaviourChains((rain,))
    plan = measure.plan(NOBODY)
    seen = [await measure.observe(Agent(NOBODY, knows(0, 1)), case) for case in plan.cases[:2]]
    found = {each.name: each for each in measure.summarise(plan, seen)}
    assert found["behaviour_chain"].value == 1.0
    assert found["behaviour_chain"].missing == {"not_run": 2}
    assert found["behaviour_chain.cam"].reason == "no chain was answered whole"
    assert all(each.value is None for each in measure.summarise(plan, []))


def test_cases_have_stable_names(rain):
    cases = BehaviourChains((rain,)).plan(NOBODY).cases
    assert [case.id for case in cases] == ["rain/01", "rain/02", "rain/03", "rain/04"]
