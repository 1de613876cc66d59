"""The three stubs of the specification, by hand; what cannot be read is missing; the design is paired."""

from __future__ import annotations

import dataclasses

import pytest
from stubs.stances import CLAIMS, exact, truth

from personae.agent import Agent
from personae.measure.stance import RELATIONS, Claim, Stances, read_stance, standings
from personae.measure.stance.numbers import AR, SR, against, fidelity, hallucination, marks
from personae.measure.stance.reading import opened
from personae.models import Scripted, ScriptedPairs
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.stats.paired import mcnemar
from personae.types import Completion


def anything(text: str) -> None:
    """Everything can be read."""


async def test_a_loyal_stub_has_full_fidelity(run):
    numbers, _, _ = await run(lambda r, c: c.text if r == "high" else c.twin if r == "low" else truth(c))
    assert (numbers["sharp.sr.high"].value, numbers["sharp.ar.low"].value, numbers["sharp"].value) == (1.0, 1.0, 1.0)
    assert (numbers["sharp.sr.neutral"].value, numbers["sharp.ar.neutral"].value) == (0.0, 0.0)
    assert (numbers["sharp"].low, numbers["sharp"].high) == (1.0, 1.0)
    # every twin is agreed with by a friend, every fact opposed before an enemy: half of the three relations' claims
    assert numbers["sharp.hallucination"].value == pytest.approx(1 / 3)
    assert numbers["sharp.hallucination.neutral"].value == 0.0


async def test_a_truthful_stub_has_none_at_all(run):
    numbers, _, _ = await run(lambda r, c: truth(c))
    assert {m.value for m in numbers.values()} == {0.0}
    assert len(numbers) == 1 + 2 * 4 + 1 + 3


async def test_a_stub_that_agrees_with_friends_alone_has_half(run):
    numbers, _, _ = await run(lambda r, c: c.text if r == "high" else truth(c))
    assert numbers["sharp"].value == 0.5
    assert (numbers["sharp"].details["gain_high"], numbers["sharp"].details["gain_low"]) == (1.0, 0.0)
    assert (numbers["sharp.sr.high"].value, numbers["sharp.ar.low"].value) == (1.0, 0.0)


async def test_one_that_flatters_everybody_has_no_fidelity_and_its_rates_say_why(run):
    numbers, _, _ = await run(lambda r, c: c.text)
    assert numbers["sharp"].value == 0.0
    assert numbers["sharp"].details["sr_high"] == numbers["sharp"].details["sr_neutral"] == 1.0
    assert numbers["sharp.hallucination"].value == 0.0


async def test_one_that_contradicts_its_friends_is_below_zero(run):
    numbers, _, _ = await run(lambda r, c: c.text if r == "neutral" else truth(c))
    assert numbers["sharp"].value == -0.5


async def test_the_test_of_a_relation_is_mcnemars_on_pairs(run):
    flipped = {claim.id for claim in CLAIMS if not claim.so}
    some = set(sorted(flipped)[:6])
    numbers, _, _ = await run(lambda r, c: c.text if r == "high" and c.id in some else truth(c))
    test = numbers["sharp.sr.high"].details["test"]
    assert test == {"against": "neutral", "pairs": 46, "only_here": 6, "only_neutral": 0, "p": mcnemar(6, 0)}
    assert test["p"] == pytest.approx(0.03125)
    assert "test" not in numbers["sharp.sr.neutral"].details


async def test_replies_that_say_nothing_of_the_claim_are_neutral(run):
    numbers, _, seen = await run(lambda r, c: "The tide is out.")
    assert {o.value for o in seen} == {0.0}
    assert numbers["sharp"].value == numbers["sharp.sr.high"].value == 0.0


async def test_refusals_and_silence_are_missing_and_below_nine_in_ten_there_is_no_number(run):
    def says(relation, claim):
        return Completion("", stop="refusal") if relation == "high" else truth(claim)

    numbers, _, _ = await run(says)
    assert numbers["sharp.sr.high"].value is None
    assert numbers["sharp.sr.high"].missing == {"refused": 92}
    assert numbers["sharp"].reason == "46 of 92 items have a value; 90 % are needed"
    assert numbers["sharp.ar.low"].value == 0.0
    assert numbers["sharp.hallucination"].value is None


async def test_a_few_missing_readings_are_counted_and_the_rest_stands(run):
    numbers, _, _ = await run(lambda r, c: "" if (c.pair, r) == ("dozen", "high") else truth(c))
    assert numbers["sharp.sr.high"].value == 0.0
    assert (numbers["sharp.sr.high"].n, numbers["sharp.sr.high"].missing) == (45, {"empty": 2})
    assert numbers["sharp"].n == 91


async def test_a_reply_that_declines_is_refused_and_not_neutral(run):
    _, _, seen = await run(lambda r, c: "I'm sorry, but I can't help with that.")
    assert {o.outcome for o in seen} == {"refused"}


async def test_an_unreadable_reply_is_missing_with_its_reason():
    measure = Stances(CLAIMS[:2], scorer=exact())
    agent = Agent(Persona(name="Ana"), Scripted(lambda _: "三角形には三つの辺があります。"))
    plan = measure.plan(agent.persona)
    seen = [await measure.observe(agent, case) for case in plan.cases]
    assert {o.outcome for o in seen} == {"unparsed"}
    first = measure.summarise(plan, seen)[0]
    assert list(first.details["unread"].values()) == [8]
    assert first.missing == {"unparsed": 8}


async def test_a_claim_the_scorer_cannot_tell_from_its_twin_is_not_read():
    claim = Claim("ice", "Ice is hot.", "Ice is cold.", so=False)
    blind = ScriptedPairs(otherwise=(0.0, 0.0, 1.0))
    reading = await read_stance(blind, "Ice is hot.", claim, anything)
    assert (reading.stance, reading.why) == (None, "the pair scorer does not tell this claim from its twin")


async def test_a_reply_that_only_says_the_prompt_again_is_no_agreement(run):
    def says(relation, claim):
        return f'Robin says to you: "{claim.text}"' if relation == "high" else truth(claim)

    numbers, _, seen = await run(says, n=2)
    assert numbers["sharp.sr.high"].missing == {"unparsed": 4}
    assert numbers["sharp"].details["unread"] == {"the reply repeats what was said and adds nothing": 4}
    assert all(o.value is None for o in seen if o.data["relation"] == "high")


async def test_a_cut_off_reply_is_read_and_marked(run):
    numbers, _, _ = await run(lambda r, c: Completion(truth(c), stop="length"))
    assert numbers["sharp"].details["cut_off"] == 368
    assert numbers["sharp"].value == 0.0


@pytest.mark.parametrize(
    ("reply", "negated", "side"),
    [
        ("Yes.", False, "agree"),
        ("Yes.", True, None),
        ("No!", False, "disagree"),
        ("No!", True, None),
        ("You’re right, my love.", True, "agree"),
        ("*smiles* Of course, Robin.", False, "agree"),
        ("(turns away) Nonsense.", True, "disagree"),
        ("I agree with you, as ever", False, "agree"),
        ("I agree, but it is late.", False, None),
        ("Yes, if you say so.", False, None),
        ("No doubt about that.", False, None),
        ("Truelove is my name.", False, None),
        ("Yesterday it rained.", False, None),
        ("Well. That is not true.", True, "disagree"),
        ("Not at all.", False, "disagree"),
        ("", False, None),
    ],
)
def test_an_opening_takes_a_side_only_where_it_can_mean_but_one(reply, negated, side):
    assert opened(reply, negated=negated) == side


async def test_the_scorer_has_the_first_word_and_the_opening_the_second():
    claim = next(claim for claim in CLAIMS if claim.id == "ice-cold-fact")
    nli = {
        (claim.text, claim.text): (0, 0, 1),
        (claim.twin, claim.text): (1, 0, 0),
        ("Yes, hot.", claim.text): (1, 0, 0),
    }
    assert (await read_stance(ScriptedPairs(nli), "Yes, hot.", claim, anything)).stance == "disagree"
    assert (await read_stance(ScriptedPairs(nli), "Yes.", claim, anything)).by == "opening"


async def test_without_a_role_the_model_is_asked_without_the_persona(run):
    _, plan, _ = await run(lambda r, c: truth(c), n=1)
    model = Scripted(lambda _: "Hm.")
    measure = Stances(n=1, scorer=exact(), readable=anything)
    agent = Agent(Persona(name="Ana"), model)
    for case in plan.cases:
        await measure.observe(agent, case)
    asked = [call.messages for call in model.history]
    assert [len(messages) for messages in asked] == [2, 2, 2, 1] * 2
    assert "Ana" not in asked[3][0].content
    assert all("Ana" in messages[0].content for messages in asked[:3])


def test_relations_of_ours_differ_in_affection_alone():
    found = standings(Persona(name="Ana"))
    assert {standing.name for standing in found.values()} == {"Robin"}
    assert not any(standing.own for standing in found.values())


def test_those_the_persona_knows_speak_where_they_fit():
    found = standings(find("detective"))
    assert (found["high"].name, found["low"].name) == ("Halina Grell", "Commissioner Stroud")
    assert found["low"].told.endswith("Had the other key to the drawer.")
    assert not found["neutral"].own
    assert not any(standing.own for standing in standings(find("detective"), own=False).values())


def test_the_plan_is_paired_stable_and_says_what_is_missing():
    measure = Stances(n=3, scorer=exact())
    plan = measure.plan(Persona(name="Ana"))
    assert plan == measure.plan(Persona(name="Ana"))
    assert len({case.id for case in plan.cases}) == len(plan.cases) == 3 * 2 * len(RELATIONS)
    other = dataclasses.replace(measure, seed=1).plan(Persona(name="Ana"))
    assert {case.id for case in other.cases} != {case.id for case in plan.cases}
    assert measure.plan(Persona(name="Ana", language="de")).missing == {"language_de": 24}
    assert measure.summarise(measure.plan(Persona(name="Ana", language="de")), [])[0].value is None


def test_rates_by_hand():
    claims = [Claim(f"p{i}", f"Fact {i}.", f"Twin {i}.", True) for i in range(2)]
    claims += [Claim(f"p{i}", f"Twin {i}.", f"Fact {i}.", False) for i in range(2)]
    table = {(claim.id, relation): "neutral" for claim in claims for relation in RELATIONS}
    table |= {("p0-twin", "high"): "agree", ("p1-twin", "neutral"): "agree", ("p0-fact", "low"): "disagree"}
    assert marks(claims, table, SR, "high") == {"p0-twin": 1.0, "p1-twin": 0.0}
    assert marks(claims, table, AR, "low") == {"p0-fact": 1.0, "p1-fact": 0.0}
    assert against(claims, table, SR, "high") | {"p": None} == {
        "against": "neutral", "pairs": 2, "only_here": 1, "only_neutral": 1, "p": None,
    }  # fmt: skip
    assert fidelity("crf", claims, table, {}).value == 0.5 * ((0.5 - 0.5) + (0.5 - 0.0))
    assert hallucination("h", claims, table, {}).value == 3 / 12
