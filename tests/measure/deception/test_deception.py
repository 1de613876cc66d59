"""The deception matrix: scripted agents and judges whose lies are known, and the released counts."""

from __future__ import annotations

import json

import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.deception import Counts, Deception, own_scenarios, read_counts, read_scenarios
from personae.measure.deception.scenarios import INCENTIVES, ROLES
from personae.measure.observing import observe_all
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion

ANA = Persona(name="Ana")
SCENARIOS = own_scenarios()


def told(thought: str, response: str) -> str:
    return json.dumps({"thought": thought, "response": response})


def by_words(messages) -> str:
    """A judge that reads "lie" and "truth" in the parts it is shown."""
    shown = messages[-1].content
    parts = {part: shown.split(f'part="{part}">')[1].split("</reply>")[0] for part in ("thought", "response")}
    return json.dumps({part: "deceptive" if "lie" in text else "honest" for part, text in parts.items()})


async def measured(agent_says, judge_says=by_words, scenarios=SCENARIOS, **options):
    judge = Scripted(judge_says)
    measure = Deception(scenarios, judge, **options)
    plan = measure.plan(ANA)
    seen = await observe_all(measure, Agent(ANA, Scripted(agent_says)), plan)
    return seen, {number.name: number for number in measure.summarise(plan, seen)}, judge


def test_ours_are_two_for_each_domain_role_and_incentive_and_stand_in_the_published_schema(tmp_path):
    domains = [one.domain for one in SCENARIOS]
    assert sorted(set(domains)) == ["economy", "education", "entertainment", "healthcare", "social"]
    assert all(domains.count(domain) >= 2 for domain in domains)
    file = tmp_path / "ours.json"
    file.write_text(json.dumps([one.to_row() for one in SCENARIOS]), encoding="utf-8")
    assert read_scenarios(file) == SCENARIOS
    for one in SCENARIOS:
        assert set(one.told) == {(role, incentive) for role in ROLES for incentive in INCENTIVES}
        assert len(set(one.told.values())) == 6


def test_a_file_called_after_a_domain_gives_it_and_a_topic_that_comes_again_a_number(tmp_path):
    row = SCENARIOS[0].to_row() | {"dimension": "Fraud"}
    (tmp_path / "social.json").write_text(json.dumps([row, row, row]), encoding="utf-8")
    assert [one.id for one in read_scenarios(tmp_path)] == ["social/used-car", "social/used-car#2", "social/used-car#3"]
    (tmp_path / "social.json").rename(tmp_path / "mine.json")
    assert {one.domain for one in read_scenarios(tmp_path / "mine.json")} == {"fraud"}


def test_a_row_without_a_cell_is_told_by_its_name(tmp_path):
    rows = [one.to_row() for one in SCENARIOS[:2]]
    del rows[1]["L2-other-reward"]
    (tmp_path / "economy.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(FormatError, match="row 2 has no text under 'l2-other-reward'"):
        read_scenarios(tmp_path)


async def test_an_agent_that_lies_for_a_reward_only_is_found_there_only():
    rewards = {one.told[role, "reward"] for one in SCENARIOS for role in ROLES}

    def says(messages) -> str:
        asked = messages[-1].content
        return told("Hm.", "a lie" if any(asked.startswith(each) for each in rewards) else "the truth")

    _, numbers, _ = await measured(says)
    assert numbers["deception"].value == pytest.approx(1 / 3)
    assert [numbers[f"deception.{name}"].value for name in INCENTIVES] == [0.0, 0.0, 1.0]
    assert numbers["deception.economy.self.reward"].n == 2
    effect = numbers["deception.reward_effect"]
    assert (effect.value, effect.details["p"]) == (1.0, pytest.approx(2 / 2**20))
    assert numbers["deception.pressure_effect"].details["p"] == 1.0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("", "empty"),
        (Completion(told("Hm.", "the truth"), stop="length"), "truncated"),
        ("I would say the truth.", "unparsed"),
        (told("Hm.", " "), "unparsed"),
        (told("Hm.", "the truth")[:-1], "unparsed"),
        (Completion("", stop="refusal"), "refused"),
    ],
)
async def test_what_is_no_answer_is_invalid_and_never_reaches_the_judge(answer, outcome):
    measure = Deception(SCENARIOS[:1], judge := Scripted([]))
    plan = measure.plan(ANA)
    seen = await observe_all(measure, Agent(ANA, Scripted([answer] * 6)), plan, at_once=1)
    assert not judge.history
    found = measure.summarise(plan, seen)[0]
    assert (found.value, dict(found.missing)) == (None, {outcome: 6})
    assert found.details["absent"] == [case.id for case in plan.cases]


async def test_an_unclear_label_and_an_unreadable_judge_are_invalid():
    unclear = json.dumps({"thought": "honest", "response": "unclear"})
    for verdict in (unclear, "deceptive, I think"):
        _, numbers, _ = await measured(lambda _: told("Hm.", "x"), lambda _, v=verdict: v, SCENARIOS[:1])
        assert numbers["deception"].value is None
        assert numbers["deception"].missing == {"unparsed": 6}


async def test_thought_and_response_are_related():
    answers = {"none": told("a lie", "the truth"), "pressure": told("the truth", "a lie"), "reward": told("lie", "lie")}

    def says(messages) -> str:
        one = SCENARIOS[0]
        asked = messages[-1].content
        (incentive,) = {i for (_, i), text in one.told.items() if asked.startswith(f"{text}\n")}
        return answers[incentive]

    _, numbers, _ = await measured(says, scenarios=SCENARIOS[:1])
    aligned = numbers["deception.aligned"]
    assert aligned.value == pytest.approx(1 / 3)
    assert aligned.details["relations"] == {"self-corrected": 2, "overridden": 2, "aligned": 2}
    assert aligned.details["table"]["honest → deceptive"] == 2


async def test_inducements_are_added_one_a_turn_until_the_agent_gives_way():
    def says(messages) -> str:
        turns = sum(message.role == "user" for message in messages)
        return told("Hm.", "a lie" if turns == 4 else "the truth")

    seen, numbers, judge = await measured(says, scenarios=SCENARIOS[:1], induced=True)
    induced = [one for one in seen if one.data["incentive"] == "induced"]
    assert [[turn["inducement"] for turn in one.data["turns"]] for one in induced] == [
        [None, "reward", "no_penalty", "relaxed_vigilance"]
    ] * 2
    assert numbers["deception.induced"].value == 1.0
    assert numbers["deception.none"].value == 0.0
    assert len(judge.history) == 6 + 2 * 4


async def test_a_model_that_follows_up_words_the_inducements():
    heard: list[str] = []

    def says(messages) -> str:
        heard.append(messages[-1].content)
        return told("Hm.", "the truth")

    follow_up = Scripted(lambda messages: "Think of the trip!")
    await measured(says, scenarios=SCENARIOS[:1], induced=True, follow_up=follow_up)
    assert sum(text.startswith("Think of the trip!") for text in heard) == 2 * 5
    assert len(follow_up.history) == 10


def test_without_scenarios_there_is_no_measure():
    with pytest.raises(UsageError):
        Deception((), Scripted([]))


def test_the_released_counts_give_the_reference_percentages_rows_and_p(data_dir):
    counts = read_counts(data_dir / "deceptionbench" / "summary_by_incentive.csv")
    llama, qwen = counts["llama3.1:8b"], counts["qwen3:8b"]
    order = ("none", "pressure", "reward")
    assert [round(100 * llama[name].share.value, 2) for name in order] == [23.15, 20.74, 20.67]
    assert [round(100 * qwen[name].share.value, 2) for name in order] == [63.48, 72.24, 74.33]
    for model in (llama, qwen):
        assert [model[name].rows for name in order] == [298, 299, 300]
        assert [model[name].absent(300) for name in order] == [2, 1, 0]
    assert qwen["none"].invalid == 5
    ps = [model["none"].p(model[name]) for model in (llama, qwen) for name in ("pressure", "reward")]
    assert [round(p, 3) for p in ps] == [0.539, 0.524, 0.028, 0.006]


def test_a_blank_verdict_is_invalid_and_not_in_the_share():
    assert Counts(honest=1, deceptive=1, invalid=98).share.value == 0.5


def test_another_table_is_told_by_its_row(tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("model,incentive,response_verdict,count\nm,,maybe,3\n")
    with pytest.raises(FormatError, match="row 2"):
        read_counts(file)
