"""Say and do together: known characters are told apart, and nothing that failed is a number."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.say_do import Link, SayDo
from personae.measure.say_do.asking import Setting
from personae.measure.say_do.links import read_links
from personae.models import Scripted
from personae.psychometrics.own.reading import own_instrument
from personae.types import Completion

WHOLE = SayDo(shuffles=1)


async def taken(measure, agent):
    plan = measure.plan(agent.persona)
    observations = [await measure.observe(agent, case) for case in plan.cases]
    return {m.name: m for m in measure.summarise(plan, observations)}


def table(found):
    return {row["domain"]: row for row in found["say_do"].details["table"]}


async def test_one_who_acts_as_it_says_follows_on_every_line(agent_of, character):
    played = character(above=5, gives_way=True, sure=90, right=0, knows_limits=False, biased=True, claims=5)
    agent = agent_of(played)
    measure = SayDo(shuffles=1, links=tuple(Link(k, k, 1) for k in ("cards", "sycophancy", "honesty", "association")))
    found = await taken(measure, agent)
    assert found["say_do"].value == 1.0
    assert {row["verdict"] for row in table(found).values()} == {"follows"}
    assert found["say_do.report.cards.change"].value == pytest.approx(4.0, abs=0.01)
    assert found["say_do.cards"].value == 5.0
    assert found["say_do.cards.change"].value == 5.0
    assert found["say_do.sycophancy"].value == found["say_do.sycophancy.change"].value == 1.0
    assert found["say_do.sycophancy.control"].value == 0.0
    assert found["say_do.association"].value == 1.0
    assert found["say_do.association.change"].value == pytest.approx(1.0, abs=0.35)


async def test_one_who_only_talks_says_and_does_not(agent_of, character):
    found = await taken(WHOLE, agent_of(character(claims=5)))
    assert found["say_do"].value == 0.0
    assert found["say_do"].n == 4
    assert {row["verdict"] for row in table(found).values()} == {"says and does not"}
    assert found["say_do.cards.change"].value == 0.0


async def test_one_whom_nothing_moves_has_nothing_to_follow(agent_of, character):
    found = await taken(WHOLE, agent_of(character()))
    assert found["say_do"].value is None
    assert "nothing for behaviour to follow" in found["say_do"].reason
    assert found["say_do.cards.regret"].value == 0.0
    assert found["say_do.cards.turned"].value == pytest.approx(40 / 27)
    assert found["say_do.cards.turned"].details["mean_optimum"] == pytest.approx(40 / 27)


async def test_a_behaviour_that_moves_the_other_way_turns_against_the_claim(agent_of, character):
    found = await taken(WHOLE, agent_of(character(claims=5, sure=95, right=0), character(sure=60)))
    assert table(found)["honesty"]["verdict"] == "turns against"


async def test_one_who_says_yes_to_everything_is_not_called_steadfast(agent_of, character):
    found = await taken(WHOLE, agent_of(character(claims=5, always=True)))
    assert found["say_do.sycophancy"].value is None
    assert found["say_do.sycophancy"].reason.startswith("it says yes to everything")
    assert found["say_do.sycophancy"].details["held_back"] == 0.0
    assert found["say_do.sycophancy.change"].value is None
    assert table(found)["sycophancy"]["verdict"] == "unknown"


async def test_honesty_is_told_in_all_its_parts(agent_of, character):
    found = await taken(WHOLE, agent_of(character(sure=60)))
    assert found["say_do.honesty"].value == pytest.approx(0.16)
    assert found["say_do.honesty.ece"].value == pytest.approx(0.4)
    assert found["say_do.honesty.right"].value == 1.0
    assert found["say_do.honesty.drift"].value == 10.0
    assert found["say_do.honesty.open_rightly"].value == 1.0
    assert found["say_do.honesty.open_wrongly"].value == 0.0
    assert found["say_do.honesty.open_rightly"].n == 10


async def test_a_model_that_refuses_everything_has_reasons_and_counts_and_no_value(reed):
    model = Scripted(lambda _: "I'm sorry, I can't do that.", option_scores=lambda m, o: [-0.7] * len(o))
    measure = SayDo(shuffles=1, n=3)
    found = await taken(measure, Agent(reed, model))
    assert found["say_do"].value is None
    assert found["say_do.cards"].value is None
    assert found["say_do.cards"].missing == {"refused": 3}
    assert found["say_do.sycophancy"].missing == {"unparsed": 3}
    assert found["say_do.honesty.ece"].missing == {"refused": 3}


async def test_empty_and_cut_off_answers_are_counted_as_such(reed):
    for completion, outcome in ((Completion(""), "empty"), (Completion('{"cards":', stop="length"), "truncated")):
        measure = SayDo(links=(Link("cards", "cards", 1),), n=2)
        plan = measure.plan(reed)
        case = next(case for case in plan.cases if case.id.startswith("cards/"))
        seen = await measure.observe(Agent(reed, Scripted([completion] * 2)), case)
        assert (seen.outcome, seen.value) == (outcome, None)


def test_a_case_that_was_not_run_is_counted(reed):
    plan = WHOLE.plan(reed)
    found = {m.name: m for m in WHOLE.summarise(plan, [])}
    assert found["say_do"].value is None
    assert found["say_do.cards"].missing == {"not_run": 27}
    assert found["say_do.report.cards"].missing == {"not_run": 6}
    assert found["say_do.report.cards.change"].missing == {"not_run": 12}
    assert sum(found["say_do"].missing.values()) == len(plan.cases)


async def test_settings_cross_styles_temperatures_and_runs(agent_of, character):
    settings = tuple(Setting(style, t, run) for style in ("prose", "bullets") for t in (0.3, 1.0) for run in (0, 1))
    measure = SayDo(links=(Link("cards", "cards", 1),), n=2, settings=settings)
    agent = agent_of(character(above=2))
    plan = measure.plan(agent.persona)
    assert len(plan.cases) == (2 + 2) * 2 * 8
    found = await taken(measure, agent)
    assert (found["say_do.cards"].n, found["say_do.cards"].value) == (2, 2.0)
    asked = {(call.settings.temperature, call.settings.seed) for call in agent.model.history if call.settings}
    assert len(asked) == 4


def test_a_part_is_the_same_for_the_same_seed_and_keeps_keys_balanced(reed):
    some = SayDo(n=4)
    assert some.things.keys() == SayDo(n=4).things.keys() != SayDo(n=4, seed=1).things.keys()
    keys = [thing.key for id, thing in some.things.items() if id.startswith("report/")]
    assert len(keys) == 16
    assert sum(keys) == 0


def test_another_questionnaire_needs_links_that_it_knows():
    big_five = own_instrument("big-five-60")
    assert {link.domain for link in SayDo(instrument=big_five).linked} == {"C", "A", "O"}
    with pytest.raises(UsageError, match="no links are known"):
        SayDo(instrument=own_instrument("honesty-24"))
    with pytest.raises(UsageError, match="no scale"):
        SayDo(links=(Link("courage", "cards", 1),))
    with pytest.raises(UsageError, match="no behaviour"):
        SayDo(links=(Link("cards", "chess", 1),))


@pytest.mark.parametrize("text", ["", "C:cards", "C:chess:1", "C:cards:0", ":cards:1", "C:cards:1,"])
def test_links_that_are_none_are_named(text):
    with pytest.raises(UsageError, match="is no link"):
        read_links(text)
