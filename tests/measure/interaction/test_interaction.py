"""The protocol on scripted people: who is asked what, what is lost, and what may be claimed."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.interaction import (
    Interaction,
    ItemList,
    Person,
    administer,
    claims,
    drift,
    function_word_counts,
    recoverability,
    twenty,
    write,
)
from personae.measure.interaction.questionnaire import _read
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Settings

MOODY = ItemList("mood", ("I sing.", "I sulk."), ("joy+", "joy-"), ("no", "a little", "yes"))


def person(number: int, condition: str, before: float, after: float, group: str = "g") -> Person:
    return Person(f"{condition}{number}", group, condition, {"t": before}, {"t": after})  # type: ignore[arg-type]


def test_the_twenty_items_are_balanced():
    keys = twenty().keys
    assert len(twenty().items) == 20 == len(set(twenty().items))
    assert {key: keys.count(key) for key in keys} == dict.fromkeys(keys, 2)
    assert len(set(keys)) == 10


def test_turned_items_are_mirrored():
    assert twenty(1).scores([5, 5, 5, 5, 5]) == dict.fromkeys(
        ("extraversion", "agreeableness", "conscientiousness", "neuroticism", "openness"), 5.0
    )
    neutral = twenty().scores([5] * 20)
    assert set(neutral.values()) == {3.0}


def test_wrong_numbers_of_answers_are_an_error():
    with pytest.raises(UsageError, match="needs 2 answers"):
        MOODY.scores([1])
    with pytest.raises(UsageError, match="from 1 to 3"):
        MOODY.scores([1, 4])


async def test_an_answer_that_skips_a_statement_is_asked_for_again_and_then_counted():
    agent = Agent(Persona(name="Ana"), Scripted(['{"1": 3}', '{"1": 3, "2": 9}']))
    answer = await administer(agent, MOODY)
    assert answer.value is None
    assert answer.reason == "unparsed"
    assert answer.outcomes == ("unparsed", "unparsed")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    found = _read(text, count=2, top=3)
    assert not isinstance(found, tuple) or len(found) == 2


@given(st.dictionaries(st.sampled_from(["1", "2", "3"]), st.one_of(st.integers(), st.booleans(), st.none(), st.text())))
def test_only_whole_numbers_on_the_scale_are_answers(tree):
    found = _read(json.dumps(tree), count=2, top=3)
    fine = set(tree) == {"1", "2"} and all(type(v) is int and 1 <= v <= 3 for v in tree.values())
    assert isinstance(found, tuple) == fine


async def test_a_story_after_another_carries_it_and_a_cut_one_is_marked():
    model = Scripted([Completion("I rowed on", stop="length")])
    story = await write(Agent(Persona(name="Ana"), model), words=50, after="A {words} tale of fog.")
    assert story.outcome == "answered"
    assert story.cut
    assert "A {words} tale of fog." in model.history[0].messages[-1].content
    assert model.history[0].settings.max_tokens == 80


@pytest.mark.parametrize(("said", "outcome"), [("", "empty"), ("I'm sorry, but I can't help with that.", "refused")])
async def test_a_story_that_was_not_told_is_an_outcome(said, outcome):
    assert (await write(Agent(Persona(name="Ana"), Scripted([said])))).outcome == outcome


def test_a_group_that_met_somebody_without_a_control_gets_no_claim():
    people = [person(i, "pair", 1 + i / 10, 3 + i / 10) for i in range(10)]
    assert drift(people)[0].effect.d > 2
    assert claims(people)[0].verdict.startswith("refused: no solo control")
    alone = [person(i, "solo", 1 + i / 10, 3 + i / 7) for i in range(10)]
    assert claims([*people, *alone])[0].verdict in ("no difference shown", "less than alone")


def test_moving_more_in_company_than_alone_is_called_that():
    people = [person(i, "pair", 1, 3 + i % 3) for i in range(12)] + [person(i, "solo", 1, 1 + i % 2) for i in range(12)]
    (claim,) = claims(people)
    assert claim.verdict == "more than alone"
    assert claim.difference.value == pytest.approx(2.5)


def test_people_with_different_questionnaires_are_not_compared():
    with pytest.raises(UsageError, match="different questionnaires"):
        drift([person(1, "solo", 1, 2), Person("2", "g", "solo", {"u": 1.0}, {"u": 2.0})])


def test_too_few_texts_have_a_reason():
    found = recoverability([[1.0]] * 8, ["a", "b"] * 4)
    assert found.value is None
    assert "each group needs 10" in found.reason


def test_function_words_are_counted_by_kind():
    counts = function_word_counts("The fog and the boat: I saw it, but not you.")
    assert counts.sum() == 8  # the, and, the, I, it, but, not, you
    with pytest.raises(UsageError, match="function words"):
        function_word_counts("Der Nebel", language="de")


def bending(messages):
    """Ana sulks until she has heard Rui, who always sings; both write in their own words."""
    shown = " ".join(message.content for message in messages)
    last = messages[-1].content
    heard = "I sang on the quay" in " ".join(m.content for m in messages if m.role == "user")
    cheerful = "Rui" in messages[0].content or heard
    if "JSON" in last:
        return '{"1": 3, "2": 1}' if cheerful else '{"1": 1, "2": 3}'
    assert not re.search(r"\{[a-z]+\}", shown)
    return "I sang on the quay with all of them." if cheerful else "He left the pier because of the fog."


async def _run(measure, model, seed=0):
    ana = Persona(name="Ana")
    agent = Agent(ana, model, settings=Settings(seed=seed))
    plan = measure.plan(ana)
    return plan, list(await asyncio.gather(*(measure.observe(agent, case) for case in plan.cases)))


async def test_a_persona_that_bends_in_company_only_is_found_out():
    measure = Interaction(Persona(name="Rui"), MOODY, n=10, words=20)
    plan, seen = await _run(measure, Scripted(bending))
    assert len(plan.cases) == 40
    assert {o.outcome for o in seen} == {"answered"}
    numbers = {m.name: m for m in measure.summarise(plan, seen)}
    assert numbers["interaction"].value == 2.0
    assert numbers["interaction"].n == 10
    claim = next(c for c in numbers["interaction"].details["claims"] if c["group"] == "persona")
    assert claim["verdict"] == "more than alone"
    assert numbers["interaction.recoverability.solo"].value == 1.0
    assert numbers["interaction.alignment"].value == pytest.approx(1 - numbers["interaction.recoverability.pair"].value)
    json.dumps([m.to_dict() for m in numbers.values()])


async def test_without_the_control_the_number_is_refused():
    measure = Interaction(Persona(name="Rui"), MOODY, n=3, words=20, conditions=("pair",))
    plan, seen = await _run(measure, Scripted(bending))
    first = measure.summarise(plan, seen)[0]
    assert first.value is None
    assert first.reason.startswith("refused: no solo control")


async def test_lost_people_are_counted_by_outcome_and_place():
    def forgetful(messages):
        return "" if "JSON" in messages[-1].content and len(messages) > 2 else bending(messages)

    measure = Interaction(Persona(name="Rui"), MOODY, n=2, words=20)
    plan, seen = await _run(measure, Scripted(forgetful))
    assert {(o.outcome, o.data["lost_at"]) for o in seen} == {("empty", "after")}
    numbers = measure.summarise(plan, seen)
    assert all(m.value is None for m in numbers)
    assert numbers[0].missing == {"empty": 8}


async def test_every_person_has_a_seed_and_both_conditions_share_it():
    model = Scripted(bending)
    await _run(Interaction(Persona(name="Rui"), MOODY, n=2, words=20), model, seed=7)
    seeds = {call.settings.seed for call in model.history}
    assert seeds == {700_021, 700_022}
    firsts = [c for c in model.history if len(c.messages) <= 2 and "JSON" in c.messages[-1].content]
    by_seed = {(c.messages, c.settings.seed) for c in firsts}
    assert len(by_seed) == 4  # two personas, two people each: alone and in company the same question


def test_a_case_says_who_and_how():
    plan = Interaction(Persona(name="Rui"), MOODY, n=1).plan(Persona(name="Ana"))
    assert [case.id for case in plan.cases] == [
        "solo-persona-000",
        "solo-partner-000",
        "pair-persona-000",
        "pair-partner-000",
    ]
    assert plan.cases[3].input == "Rui, person 0: after a story"


async def test_an_unreachable_model_stops_and_a_broken_answer_does_not():
    from personae.errors import BadResponse, ModelUnreachable

    measure = Interaction(Persona(name="Rui"), MOODY, n=1, words=20)
    case = measure.plan(Persona(name="Ana")).cases[0]
    lost = await measure.observe(Agent(Persona(name="Ana"), Scripted([BadResponse("html")])), case)
    assert lost.outcome == "failed"
    with pytest.raises(ModelUnreachable):
        await measure.observe(Agent(Persona(name="Ana"), Scripted([ModelUnreachable("gone")])), case)


async def test_other_languages_than_english_have_no_recoverability_by_our_words():
    measure = Interaction(Persona(name="Rui", language="pt"), MOODY, n=10, words=20)
    plan, seen = await _run(measure, Scripted(bending))
    numbers = {m.name: m for m in measure.summarise(plan, seen)}
    assert numbers["interaction.recoverability.solo"].reason == "our function words are English"
    assert numbers["interaction.alignment"].value is None
