"""The tax of a persona and of eight characters, with a model of which everything is known."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.errors import BadResponse, UsageError
from personae.measure.persona_tax import TRAITS, Items, PersonaTax
from personae.models import Scripted
from personae.models.choices import Mcq
from personae.persona.persona import Persona
from personae.psychometrics.own.reading import own_instrument

ITEMS = Items(tuple(Mcq(f"q{at}", f"Which is right in case {at}?", ("this", "that"), gold=at % 2) for at in range(40)))
REED = Persona(name="Reed")


def model(wrong):
    """Right on every item, but for those numbers that `wrong` gives for what is to be played."""

    def scores(messages, options):
        asked = messages[-1].content
        if "How true" in asked:  # each character says of itself what it is told to be
            return [-0.1 * (5 - at) for at in range(len(options))] if len(messages) > 1 else [-1.0] * len(options)
        if "case " not in asked:  # how does it score letters?
            return [-0.1, -3.0]
        number = int(asked.split("case ")[1].split("?")[0])
        played = messages[0].content if len(messages) > 1 else ""
        right = number % 2 if number not in wrong(played) else 1 - number % 2
        return [-0.1 if at == right else -3.0 for at in range(2)]

    return Scripted(option_scores=scores)


async def taken(measure, model):
    agent = Agent(REED, model)
    plan = measure.plan(REED)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, seen)}


async def test_only_the_character_that_errs_pays():
    measure = PersonaTax(ITEMS)
    found = await taken(measure, model(lambda played: range(12) if "envy" in played else ()))
    assert found["persona_tax"].value == 0.0
    assert found["persona_tax"].details["p"] == 1.0
    assert found["persona_tax.baseline"].value == 1.0
    paid = found["persona_tax.narcissism"]
    assert paid.value == pytest.approx(-0.3)
    assert paid.details["p"] == 2 / 2**12
    assert paid.details["p_holm"] == pytest.approx(9 * 2 / 2**12)
    assert all(found[f"persona_tax.{trait}"].value == 0.0 for trait in TRAITS if trait != "narcissism")
    spread = found["persona_tax.spread"]
    assert spread.details["variance"] == pytest.approx(0.3**2 / 8)
    assert spread.n == 8


async def test_the_persona_itself_is_asked_in_its_own_prompt():
    measure = PersonaTax(ITEMS, traits=())
    found = await taken(measure, model(lambda played: range(15) if "Reed" in played else ()))
    assert found["persona_tax"].value == pytest.approx(-15 / 40)
    assert found["persona_tax"].details["lost"] == 15
    assert found["persona_tax.accuracy"].value == 25 / 40
    assert "persona_tax.spread" not in found


async def test_every_condition_sees_the_options_in_the_same_order():
    asked = model(lambda played: ())
    await taken(PersonaTax(ITEMS, n=3), asked)
    lists = {}
    for call in asked.history:
        lines = call.messages[-1].content.split("\n")
        if "A. " in call.messages[-1].content:
            lists.setdefault(lines[0], set()).add(tuple(line for line in lines if line[:3] in ("A. ", "B. ")))
    assert len(lists) == 3
    assert all(len(orders) == 1 for orders in lists.values())


async def test_a_questionnaire_beside_it_says_how_far_the_characters_are_followed():
    measure = PersonaTax(ITEMS, traits=("openness", "neuroticism"), n=2, instrument=own_instrument("big-five-60"))
    plan = measure.plan(REED)
    assert len(plan.cases) == 2 * 4 + 24
    found = await taken(measure, model(lambda played: ()))
    assert found["persona_tax.controllability"].n == 24
    assert set(found["persona_tax.controllability"].details["traits"]) == {"openness", "neuroticism"}


async def test_what_could_not_be_answered_is_counted_and_no_error():
    measure = PersonaTax(ITEMS, traits=("openness",), n=10, way="spoken")
    answers = [*["A"] * 10, *["I'm sorry, I can't."] * 10, *[BadResponse("html")] * 10]
    found = await taken(measure, Scripted(answers))
    assert found["persona_tax"].value is None
    assert found["persona_tax"].missing == {"refused": 10}
    assert found["persona_tax.openness"].missing == {"failed": 10}
    assert found["persona_tax.baseline"].n == 10


def test_what_was_not_run_is_counted():
    measure = PersonaTax(ITEMS, traits=())
    (first, *_) = measure.summarise(measure.plan(REED), [])
    assert (first.value, first.missing) == (None, {"not_run": 40})


def test_an_unknown_character_and_no_items_are_refused():
    with pytest.raises(UsageError, match="did you mean 'narcissism'"):
        PersonaTax(ITEMS, traits=("narcisism",))
    with pytest.raises(UsageError, match="0 items"):
        PersonaTax(Items(()))


def test_the_same_seed_takes_the_same_part():
    assert list(PersonaTax(ITEMS, n=5).chosen) == list(PersonaTax(ITEMS, n=5).chosen)
    assert len(PersonaTax(ITEMS, n=5).chosen) == 5
