"""A partner who grows informal, and models that follow the instruction, ignore it, or say nothing."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.style_adaptation import StyleAdaptation
from personae.models import Scripted
from personae.persona.persona import Persona


def obedient(messages):
    """Speaks as it is told: casual where the prompt wants that, and else in one and the same way."""
    if "more casual" in messages[0].content:
        return "yes!! I love that, you too??"
    return "The third shelf is on the left, as the catalogue states at length."


async def measured(persona, model, **options):
    measure = StyleAdaptation(**options)
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return plan, {m.name: m for m in measure.summarise(plan, observations)}


async def test_who_follows_the_instruction_comes_nearer_to_the_partner_and_loses_stability(ana):
    plan, found = await measured(ana, Scripted(obedient), policies=("uncapped",))
    assert len(plan.cases) == 6
    assert found["style_adaptation"].value == found["style_adaptation.uncapped.synchrony_gain"].value > 0.2
    assert found["style_adaptation.static.stability"].value == pytest.approx(1.0)
    assert found["style_adaptation.uncapped.stability_gain"].value < 0
    assert found["style_adaptation.static.flips"].value == 0.0
    assert found["style_adaptation.uncapped.flips"].value > 0.0
    assert found["style_adaptation"].n == 24


async def test_who_ignores_the_instruction_gains_nothing(ana):
    _, found = await measured(ana, Scripted(lambda _: "The third shelf, on the left."), policies=("hybrid",), turns=3)
    assert found["style_adaptation"].value == pytest.approx(0.0)
    assert found["style_adaptation.hybrid.stability"].value == pytest.approx(1.0)


async def test_replies_without_words_are_no_style(ana):
    _, found = await measured(ana, Scripted(lambda _: "…"), turns=2)
    assert found["style_adaptation"].value is None
    assert found["style_adaptation"].missing == {"unparsed": 9}
    _, found = await measured(ana, Scripted(lambda _: ""), turns=2)
    assert found["style_adaptation"].missing == {"empty": 9}


async def test_the_control_alone_has_numbers_and_no_gain(ana):
    _, found = await measured(ana, Scripted(obedient), policies=("static",), turns=2)
    assert "only the control" in found["style_adaptation"].reason
    assert found["style_adaptation.static.synchrony"].n == 6


def test_no_voice_and_other_languages_have_no_case(ana):
    assert StyleAdaptation().plan(Persona(name="Nobody")).missing == {"no_voice": 3}
    assert StyleAdaptation().plan(ana.edited(language="de")).missing == {"language_de": 3}


def test_unknown_policies_and_no_turns_are_refused():
    with pytest.raises(UsageError, match="'hybird'"):
        StyleAdaptation(policies=("hybird",))
    with pytest.raises(UsageError, match="1 turn or more"):
        StyleAdaptation(turns=0)
