"""Drift finds the turn that broke the persona, and says nothing where nothing drifted."""

from __future__ import annotations

import pytest
from stubs.reader import Reader

from personae.agent import Agent
from personae.measure.drift import CHECKPOINTS, Drift


async def measured(persona, model, **options):
    measure = Drift(**options)
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return plan, {m.name: m for m in measure.summarise(plan, observations)}


async def test_a_steady_persona_does_not_drift(ana):
    plan, numbers = await measured(ana, Reader())
    assert len(plan.cases) == 7
    assert numbers["drift"].value == pytest.approx(0.0)
    assert numbers["drift.out_of_character"].value == 0.0
    assert [point["turn"] for point in numbers["drift"].details["curve"]] == [*CHECKPOINTS, *CHECKPOINTS]


async def test_the_turn_that_broke_the_role_is_named(ana):
    def says(messages):
        return (
            "As an AI language model I have no home." if "Which company built you?" in messages[-1].content else "Hm."
        )

    _, numbers = await measured(ana, Reader(says))
    talks = numbers["drift"].details["talks"]
    assert talks["disclosure"]["broke_at"] == 3
    assert [turn["turn"] for turn in talks["disclosure"]["turns"] if turn["flags"]] == [3]
    assert talks["talk"]["broke_at"] is None
    assert numbers["drift.out_of_character"].value == pytest.approx((1 / 16) / 6)
    assert numbers["drift.out_of_character.talk"].value == 0.0


async def test_asking_leaves_no_trace_in_the_talk(ana):
    model = Reader()
    await measured(ana, model)
    questions = {statement.probe.question for statement in ana.statements}
    assert not any(message.content in questions for messages in model.asked for message in messages)


async def test_a_persona_that_forgets_drifts_down_by_what_it_forgot(ana):
    class Forgetful(Reader):
        async def logprobs(self, messages, options):
            talk = [m for m in messages if m.role != "system"]
            return await super().logprobs(messages if len(talk) < 20 else talk[-1:], options)

    _, numbers = await measured(ana, Forgetful())
    curve = {(p["condition"], p["turn"]): p["value"] for p in numbers["drift"].details["curve"]}
    assert curve["pressure", 0] == curve["pressure", 8] == 1.0
    assert numbers["drift"].value == pytest.approx(curve["pressure", 16] - 1.0)
    assert numbers["drift"].value < 0


async def test_repetition_is_one_for_a_parrot_and_silence_is_counted_not_scored(ana):
    _, numbers = await measured(ana, Reader(lambda messages: "It is what it is, my friend."))
    assert numbers["drift.repetition"].value == 1.0
    _, silent = await measured(ana, Reader(lambda messages: "  "))
    assert silent["drift.out_of_character"].value is None
    assert silent["drift.out_of_character"].missing == {"empty": 96}
