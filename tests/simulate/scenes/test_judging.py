"""From plays to scores: what the critic reads, who counts, and the released example to the point."""

from __future__ import annotations

import dataclasses
import json

import pytest

import personae
from personae.judges.flaw_list import flaw_messages
from personae.judges.flaws import DIMENSIONS
from personae.models import Scripted
from personae.simulate.scenes import AsWritten, Line, Part, Played, Scene, Staging, Turn, cast_for, load_scenes, play
from personae.simulate.scenes.form import directed, form
from personae.simulate.scenes.judging import flaw_judges, judge_scene, judge_scenes, scene_item, why_not_judged
from personae.simulate.scenes.played import played_from
from personae.simulate.scenes.speakers import Choice

NO_FLAWS = '{"flaws": []}'


def flaws(*severities: object) -> str:
    return json.dumps({"flaws": [{"instance": "There.", "type": "depth", "severity": each} for each in severities]})


def played(scene: Scene, *turns: Turn) -> Played:
    return Played(scene, turns, tuple(Choice(turn.speaker, "chosen") for turn in turns), "rounds")


@pytest.fixture
def lear(data_dir):
    """The released play of King Lear 17, as one of ours."""
    folder = data_dir / "coser_public_domain"
    scene = load_scenes(folder / "exp__simulation__test_set_gpt-4o.json")[0]
    case = json.loads((folder / "exp__evaluation__test_set_gpt-4o.json").read_text("utf-8"))["cases"]["King Lear-17-0"]
    turns = [Turn(t["role"], t["content"].removeprefix(f"{t['role']}:").strip()) for t in case["simulation"]]
    return played(scene, *turns), case


async def test_king_lear_17_played_through_the_adapter_gets_the_published_scores(lear):
    play, case = lear
    judges = {
        name: dataclasses.replace(judge, model=Scripted([json.dumps({"flaws": case["critique"][name]["flaws"]})]))
        for name, judge in flaw_judges(Scripted([])).items()
    }
    score, verdicts = await judge_scene(play, judges)
    assert [verdicts[name].value for name in DIMENSIONS] == [66.5, 61.5, 41.5, 66.5]
    assert (score.value, score.details["actor_messages"], score.details["given_turns"]) == (59.0, 11, 0)


async def test_the_same_lists_priced_with_a_severity_that_is_no_whole_number_give_no_score(lear):
    play, _ = lear
    judges = flaw_judges(Scripted(lambda _: flaws(2, "3")))
    score, verdicts = await judge_scene(play, judges)
    assert (score.value, score.missing) == (None, {"unparsed": 4})
    assert all(verdict.outcomes == ("unparsed", "unparsed") for verdict in verdicts.values())


def test_the_critic_reads_the_plot_the_profiles_and_no_thought_of_either_scene(lear):
    item = scene_item(lear[0])
    for dimension in DIMENSIONS:
        _, asked = flaw_messages(dimension, item)
        assert "[" not in asked.content.partition("The original scene")[2].partition("List every flaw")[0]
    assert item.plot
    assert set(item.cast) <= set(lear[0].scene.cast)


def test_signs_of_thoughts_that_only_the_stage_knows_are_hidden_from_the_critic_too(hut):
    turns = (Turn("Lear", "<think>plan</think> Cold! ［秘密］"), Turn("Fool", "plan b</think> So it is."))
    item = scene_item(played(hut, *turns))
    assert [message.content for message in item.simulation] == ["Cold!", "So it is."]


async def test_given_turns_are_told_as_the_beginning_and_not_judged_or_counted(hut):
    actor = Scripted(lambda _: "Mine.")
    play_ = await play(hut, cast_for(hut, actor), Staging(AsWritten(), continue_from=2, rounds=4))
    item = scene_item(play_)
    assert "The scene had begun like this" in item.scenario
    assert "Lear: (shivers) Come on, my boy. Art cold?" in item.scenario
    assert "wits" not in item.scenario
    assert [(message.name, message.content) for message in item.simulation] == [("Fool", "Mine."), ("Kent", "Mine.")]
    assert item.reference[0].name == "Kent"
    score, _ = await judge_scene(play_, flaw_judges(Scripted(lambda _: flaws(4))))
    assert score.value == 100 - 5 * (4 - 0.3 * 2)
    assert score.details["given_turns"] == 2


@pytest.mark.parametrize(
    ("script", "turns", "why"),
    [
        ((), (Turn("Lear", "Hm."),), "the scene has no script"),
        ((Line("Lear", "Hm."),), (Turn("Lear", "Hm.", given=True),), "the whole script was given"),
        ((Line("Lear", "Hm."),), (Turn("Environment", "Rain."),), "no actor said or did anything"),
        ((Line("Lear", "Hm."),), (Turn("Lear", "[Hm.]"),), "no actor said or did anything"),
    ],
)
async def test_a_play_that_cannot_be_judged_costs_no_call_and_has_a_reason(script, turns, why):
    scene = Scene("s", "A room.", parts=(Part("Lear"),), script=script)
    judge = Scripted([])
    assert why_not_judged(played(scene, *turns)) == why
    score, verdicts = await judge_scene(played(scene, *turns), flaw_judges(judge))
    assert (score.value, score.reason, verdicts, judge.history) == (None, why, {}, [])


def test_many_plays_are_judged_in_order_and_a_judge_without_card_is_untested(hut):
    good, mute = played(hut, Turn("Lear", "Hm.")), played(hut, Turn("Lear", "[Hm.]"))
    judge = Scripted(lambda messages: flaws(1) if "Hm." in messages[-1].content else NO_FLAWS)
    scores = personae.run(judge_scenes([good, mute, good], flaw_judges(judge)))
    assert [score.value for score in scores] == [96.5, None, 96.5]
    assert {score.details["judge"]["standing"] for score in scores} == {"untested"}
    assert len(judge.history) == 8


def test_form_counts_actors_own_turns_only(hut):
    turns = (
        Turn("Lear", "Given.", given=True),
        Turn("Environment", "Rain."),
        Turn("Lear", "[a] (b) c"),
        Turn("Fool", "", "refused"),
        Turn("Kent", "word " * 61),
    )
    found = form(played(hut, *turns))
    assert found["kept"] == [True, False, False]
    assert found["brief"] == [True, True, False]
    assert found["visible"] == [True, False, True]


def test_a_directors_proposals_are_taken_or_overruled(hut):
    choices = (Choice("Lear", "first"), Choice("Fool", "chosen"), Choice("Kent", "repeated"), Choice("Lear", "given"))
    turns = tuple(Turn(choice.speaker, "Hm.") for choice in choices)
    assert directed(Played(hut, turns, choices, "rounds")) == [True, False]


async def test_a_play_comes_back_from_its_own_data(hut):
    one = await play(hut, cast_for(hut, Scripted(lambda _: "[a] Hm.")), Staging(AsWritten()))
    assert played_from(one.to_dict()).to_dict() == one.to_dict()
