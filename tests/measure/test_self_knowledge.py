"""Self-knowledge tells a persona that is in the prompt from one that is not."""

from __future__ import annotations

import pytest
from stubs.reader import Reader

from personae.agent import Agent
from personae.measure.probes import ForcedChoice, forced_choices, starter_personas
from personae.measure.self_knowledge import SelfKnowledge, choose
from personae.persona.persona import Persona
from personae.types import Message, OptionScores


async def measured(persona, model, **options):
    measure = SelfKnowledge(**options)
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, observations)}


async def test_a_model_that_reads_its_prompt_knows_itself_and_nothing_without_it(ana):
    numbers = await measured(ana, Reader())
    assert numbers["self_knowledge"].value == 1.0
    assert numbers["self_knowledge.ceiling"].value == 1.0
    assert numbers["self_knowledge.floor"].value < 1.0
    assert numbers["self_knowledge.gain"].value == pytest.approx(1.0 - numbers["self_knowledge.floor"].value)
    assert numbers["self_knowledge"].n == 4


async def test_a_positional_responder_wins_one_rotation_in_four(ana):
    class AlwaysFirst(Reader):
        async def logprobs(self, messages, options):
            return OptionScores((0.0, *(float("-inf"),) * (len(options) - 1)), (1,) * len(options), "parsed")

    numbers = await measured(ana, AlwaysFirst())
    assert numbers["self_knowledge"].value == 0.25
    assert numbers["self_knowledge"].details["methods"] == ["parsed"]


async def test_a_model_that_refuses_has_no_score_and_is_counted(ana):
    class Refuser(Reader):
        async def logprobs(self, messages, options):
            return OptionScores((float("-inf"),) * len(options), (1,) * len(options), "parsed", outcome="refused")

    numbers = await measured(ana, Refuser())
    assert numbers["self_knowledge"].value is None
    assert numbers["self_knowledge"].missing == {"refused": 4}


async def test_an_exact_scorer_is_asked_once_and_others_in_every_rotation():
    choice = ForcedChoice("s", "work", "I am a baker.", "What do you do?", ("I bake.", "I fish.", "I sing."), 0)
    seen: list[tuple[str, ...]] = []

    class Noting(Reader):
        async def logprobs(self, messages, options):
            seen.append(tuple(options))
            return await super().logprobs(messages, options)

    await choose(Noting(), (Message("user", "?"),), choice)
    assert len(seen) == 1
    seen.clear()
    await choose(Noting(method="letters"), (Message("user", "?"),), choice)
    assert seen == [
        ("I bake.", "I fish.", "I sing."),
        ("I fish.", "I sing.", "I bake."),
        ("I sing.", "I bake.", "I fish."),
    ]


def test_the_same_seed_gives_the_same_choices_and_n_limits_them(ana):
    first, _ = forced_choices(ana, starter_personas(), seed=5)
    again, _ = forced_choices(ana, starter_personas(), seed=5)
    assert first == again
    few, _ = forced_choices(ana, starter_personas(), seed=5, n=2)
    assert len(few) == 2


def test_distractors_are_of_the_same_kind_and_form_and_never_the_personas_own_words(ana):
    answers = {
        kind: {s.text for p in starter_personas() for s in p.statements if s.kind == kind}
        for kind in ("work", "pet", "fear", "food")
    }
    for choice in forced_choices(ana, starter_personas())[0]:
        others = [option for index, option in enumerate(choice.options) if index != choice.answer]
        assert set(others) <= answers[choice.kind]
        assert choice.options[choice.answer] not in others


def test_a_persona_in_a_language_with_few_others_gets_distractors_in_that_language():
    gardener = next(p for p in starter_personas() if p.language == "de")
    choices, missing = forced_choices(gardener, starter_personas())
    assert len(choices) + sum(missing.values()) == len(gardener.statements)
    assert len(choices) >= 20


def test_statements_about_others_are_missing_not_wrong(ana):
    changed = ana.edited(statements=[*ana.statements, {"id": "u", "text": "You like tea.", "speaker": "user"}])
    _, missing = forced_choices(changed, starter_personas())
    assert missing == {"not_self": 1}


def test_a_persona_without_statements_has_a_reason_and_no_number():
    measure = SelfKnowledge()
    plan = measure.plan(Persona(name="Nobody"))
    numbers = measure.summarise(plan, [])
    assert numbers[0].value is None
    assert numbers[0].reason == "nothing to measure"
