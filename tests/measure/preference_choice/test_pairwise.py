"""Pairs of replies: right only if right in both orders, with four ways of giving the persona."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.preference_choice import PersonaChoice, PersonaPair, own_pairs, planted_pairs
from personae.models import Scripted
from personae.persona.persona import Persona

WHO = Persona(name="everybody in the set")


def measured(measure, model):
    plan = measure.plan(WHO)

    async def every():
        return [await measure.observe(Agent(WHO, model), case) for case in plan.cases]

    return {number.name: number for number in measure.summarise(plan, asyncio.run(every()))}


def listed(prompt):
    """What stands behind each letter."""
    return {line[0]: line[3:] for line in prompt.splitlines() if line[:3] in ("A. ", "B. ")}


def blind(messages):
    """Chooses by a hash of the replies alone: the same one in both orders, whoever asks."""
    options = listed(messages[-1].content)
    return max(options, key=lambda letter: hashlib.sha256(options[letter].encode()).hexdigest())


def oracle(messages):
    prompt = messages[-1].content
    options = listed(prompt)
    known = [letter for letter, text in options.items() if f"in {text.split()[-1].rstrip('.')} only" in prompt]
    return known[0] if known else blind(messages)


def test_a_persona_blind_scorer_is_right_half_of_the_time():
    numbers = measured(PersonaChoice(planted_pairs(2000), way="spoken"), Scripted(blind))
    assert numbers["persona_choice"].value == pytest.approx(0.5, abs=0.03)
    assert numbers["persona_choice.none"].value == numbers["persona_choice"].value
    assert numbers["persona_choice.gain"].value == 0
    assert numbers["persona_choice.agreement"].value == 1.0


def test_the_planted_oracle_is_always_right_and_needs_the_persona():
    numbers = measured(PersonaChoice(planted_pairs(300), ("full", "none", "retrieved"), "spoken"), Scripted(oracle))
    assert numbers["persona_choice"].value == 1.0
    assert numbers["persona_choice.retrieved"].value == 1.0
    assert numbers["persona_choice.none"].value == pytest.approx(0.5, abs=0.1)
    assert {numbers[f"persona_choice.{tier}"].n for tier in ("easy", "medium", "hard")} == {100}


def test_always_the_first_reply_is_right_in_no_pair_at_all():
    numbers = measured(PersonaChoice(own_pairs(), way="spoken"), Scripted(lambda messages: "A"))
    assert numbers["persona_choice"].value == 0
    assert numbers["persona_choice.agreement"].value == 0


def test_one_unreadable_order_is_missing_and_not_wrong():
    answers = iter(["A", "either (a) or (b)"] * 20)
    numbers = measured(PersonaChoice(own_pairs(), ("full",), "spoken"), Scripted(lambda messages: next(answers)))
    assert numbers["persona_choice"].value is None
    assert numbers["persona_choice"].missing == {"one order only": 20}


def test_equal_replies_by_score_are_no_choice():
    numbers = measured(PersonaChoice(planted_pairs(10), way="whole"), Scripted())
    assert numbers["persona_choice"].value == 0


def test_a_persona_is_inferred_from_the_talk_where_none_is_given():
    model = Scripted(lambda messages: "- paints birds\n- walks with a stick" if messages[0].role == "system" else "A")
    measured(PersonaChoice(own_pairs()[:1], ("inferred",), "spoken"), model)
    assert "- paints birds" in model.history[1].messages[-1].content


def test_without_talk_nothing_can_be_inferred_and_that_is_counted():
    pair = PersonaPair("p", "What?", "This.", "That.", ("Likes this.",))
    numbers = measured(PersonaChoice((pair,), ("full", "inferred"), "spoken"), Scripted(lambda messages: "A"))
    assert numbers["persona_choice.inferred"].value is None
    assert numbers["persona_choice.inferred"].missing == {"no talk": 1}


def test_wrong_settings_are_refused():
    for wrong in ({"settings": ("half",)}, {"way": "sung"}, {"lines": 0}):
        with pytest.raises(UsageError):
            PersonaChoice(own_pairs(), **wrong)
    with pytest.raises(UsageError, match="two pairs have the same id"):
        PersonaChoice(own_pairs()[:1] * 2)
    with pytest.raises(UsageError, match="tier"):
        PersonaPair("p", "?", "a", "b", ("x",), "tiny")
