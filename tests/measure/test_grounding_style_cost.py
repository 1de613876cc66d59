"""Open answers, voice and cost, with replies whose numbers can be worked out."""

from __future__ import annotations

import pytest
from stubs.reader import Reader

from personae.agent import Agent
from personae.measure.cost import Cost, shared_share
from personae.measure.grounding import Grounding
from personae.measure.style import Style
from personae.models.ledger import Prices


async def measured(measure, persona, model):
    plan = measure.plan(persona)
    observations = [await measure.observe(Agent(persona, model), case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, observations)}


@pytest.mark.slow
async def test_an_echo_of_the_statement_is_grounded_and_small_talk_is_not(ana):
    facts = {statement.probe.question: statement.text for statement in ana.statements}
    echo = await measured(Grounding(), ana, Reader(lambda messages: facts[messages[-1].content]))
    assert echo["grounding"].value == 1.0
    assert echo["grounding.relevance"].value == pytest.approx(1.0, abs=0.01)
    vague = await measured(Grounding(), ana, Reader(lambda messages: "Lovely weather today, is it not?"))
    assert vague["grounding.relevance"].value < 0.4
    assert vague["grounding"].details["curve"][0] == {
        "at": 0.0,
        "own": pytest.approx(1.0, abs=0.5),
        "others": pytest.approx(1.0, abs=0.5),
    }


@pytest.mark.slow
async def test_an_empty_answer_is_missing(ana):
    numbers = await measured(Grounding(), ana, Reader(lambda messages: ""))
    assert numbers["grounding"].value is None
    assert numbers["grounding"].missing == {"empty": 4}


@pytest.mark.slow
async def test_an_answer_the_embedder_cannot_read_is_unparsed_and_says_why(ana):
    german = await measured(
        Grounding(), ana, Reader(lambda messages: "Ich habe eine Schildkröte und bin nicht allein.")
    )
    assert german["grounding"].value is None
    assert german["grounding"].missing == {"unparsed": 4}
    item = german["grounding"].details["items"][0]
    assert item["reason"] == "not English: similarity is unreliable"
    assert "similarities" not in item


async def test_another_language_is_missing_as_a_whole(ana):
    german = ana.edited(language="de")
    assert (await measured(Grounding(), german, Reader()))["grounding"].missing == {"language_de": 4}
    assert (await measured(Style(), german, Reader()))["style"].missing == {"language_de": 12}


async def test_one_sentence_said_for_ever_is_a_perfectly_stable_voice(ana):
    numbers = await measured(Style(), ana, Reader(lambda messages: "Third shelf, on the left, as I told you."))
    assert numbers["style"].value == pytest.approx(1.0)
    assert numbers["style"].n == 11
    assert numbers["style.distance"].low == pytest.approx(numbers["style.distance"].high)


async def test_a_persona_without_examples_has_no_distance(ana):
    bare = ana.edited(examples=[], greetings=[])
    numbers = await measured(Style(), bare, Reader())
    assert numbers["style.distance"].value is None
    assert "at least 3" in numbers["style.distance"].reason


async def test_cost_is_what_the_model_counted(ana):
    numbers = await measured(Cost(n=4), ana, Reader())
    assert numbers["cost.tokens"].value == 110
    assert numbers["cost.tokens_written"].value == 10
    assert numbers["cost.seconds"].value == 0.5
    assert numbers["cost.shared_prefix"].n == 3
    assert numbers["cost.shared_prefix"].value > 0.8


def test_the_shared_share_counts_the_common_beginning():
    assert shared_share("abcd", "abxy") == 0.5
    assert shared_share("", "abc") == 0.0
    assert shared_share("abc", "abc") == 1.0


async def test_money_is_tokens_times_price(ana):
    numbers = await measured(Cost(n=2, prices=Prices(input=2.0, output=10.0)), ana, Reader())
    assert numbers["cost.money"].value == pytest.approx((100 * 2.0 + 10 * 10.0) / 1_000_000)
    assert "cost.money" not in await measured(Cost(n=2), ana, Reader())
