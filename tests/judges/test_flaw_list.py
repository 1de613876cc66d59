"""Flaw lists are priced exactly, thoughts stay hidden, and a scene without all its dimensions has no score."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.judges.flaw_list import FlawListJudge, SceneItem, flaw_messages, scene_score
from personae.judges.flaws import DIMENSIONS, actor_messages, heard, penalty_score, read_flaws
from personae.judges.roles import Verdict
from personae.judges.verdicts import Problem
from personae.models import Scripted
from personae.types import Conversation, Message

LINES = Conversation((Message("assistant", "[He must not know.] Good evening. (bows)", "Ana"),))
SCENE = SceneItem("The archive, late.", LINES, LINES)
FLAW = {"instance": "Ana bows.", "type": "manners", "severity": 2}


@pytest.fixture(scope="module")
def lear(request):
    from conftest import reference_data

    folder = reference_data("coser_public_domain")
    case = json.loads((folder / "exp__evaluation__test_set_gpt-4o.json").read_text("utf-8"))["cases"]["King Lear-17-0"]
    played = json.loads((folder / "exp__simulation__test_set_gpt-4o.json").read_text("utf-8"))[0]
    return case, played


def scene(turns: list[dict], name: str = "role", text: str = "content") -> Conversation:
    return Conversation(
        tuple(Message("assistant", turn[text].removeprefix(f"{turn[name]}:"), turn[name]) for turn in turns)
    )


async def test_king_lear_17_gets_the_published_scores_exactly(lear):
    case, played = lear
    circumstance = played["circumstance"]
    original = scene(circumstance["dialogues"], "character", "message")
    item = SceneItem(circumstance["scenario"], original, scene(case["simulation"]))
    assert (len(item.simulation), actor_messages(item.simulation)) == (14, 11)
    verdicts = {}
    for dimension in DIMENSIONS:
        said = json.dumps({dimension: {"flaws": case["critique"][dimension]["flaws"]}})
        verdicts[dimension] = await FlawListJudge(Scripted([said]), dimension)(item)
    assert [verdicts[dimension].value for dimension in DIMENSIONS] == [66.5, 61.5, 41.5, 66.5]
    assert scene_score(verdicts).value == case["score"] == 59.0


def test_the_critic_of_king_lear_17_reads_all_that_was_said_and_no_thought(lear):
    circumstance = lear[1]["circumstance"]
    turns = [turn for turn in lear[1]["simulation"] if turn["role"] != "NSP"]
    assert sum("[" in turn["content"] for turn in turns) == 11
    original = scene(circumstance["dialogues"], "character", "message")
    system, asked = flaw_messages("Character Fidelity", SceneItem(circumstance["scenario"], original, scene(turns)))
    assert "Ah, the old king sits there" not in asked.content
    assert "what an ass am I" in asked.content
    assert "[" not in asked.content.partition("The original scene")[2].partition("List every flaw")[0]
    assert "Character Fidelity" in system.content


def test_the_price_of_a_flaw_is_hand_arithmetic():
    assert penalty_score([1], 1) == 96.5
    assert penalty_score([5] * 4, 0 + 10) == 15.0
    assert penalty_score([1], 100) == 100.0
    assert penalty_score([5] * 100, 10) == 0.0


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(1, 200))
def test_a_score_stays_in_range_and_one_more_flaw_never_raises_it(severities, count):
    score = penalty_score(severities, count)
    assert 0.0 <= score <= 100.0
    assert penalty_score([*severities, 1], count) <= score


@pytest.mark.parametrize(("severities", "count"), [([0], 1), ([6], 1), ([2.0], 1), ([True], 1), ([1], 0)])
def test_what_cannot_be_priced_is_refused(severities, count):
    with pytest.raises(UsageError):
        penalty_score(severities, count)


@pytest.mark.parametrize("severity", [2.0, 2.5, "2", None, True, 0, 6, -1, [2]])
async def test_a_severity_that_is_no_whole_number_is_a_failure_of_the_list_not_a_missing_flaw(severity):
    said = json.dumps({"flaws": [FLAW, {**FLAW, "severity": severity}]})
    verdict = await FlawListJudge(Scripted([said, said]), "Anthropomorphism")(SCENE)
    assert (verdict.value, verdict.reason) == (None, "unparsed")
    assert "flaw 2" in verdict.why


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"flaws": {}},
        {"flaws": [FLAW], "score": 3},
        {"flaws": ["bad"]},
        {"flaws": [{"severity": 1}]},
        {"flaws": [{**FLAW, "type": 3}]},
        {"flaws": [{**FLAW, "instance": " "}]},
        {"flaws": [FLAW] * 201},
        {"Storyline Quality": {"flaws": []}},
    ],
)
def test_a_list_in_another_form_is_a_problem(tree):
    assert isinstance(read_flaws(json.dumps(tree), "Anthropomorphism"), Problem)


async def test_a_backend_that_can_is_held_to_the_form_of_the_list():
    model = Scripted(['{"flaws": []}'])
    await FlawListJudge(model, "Anthropomorphism")(SCENE)
    schema = json.loads(model.history[0].settings.json_schema)
    assert schema["properties"]["flaws"]["items"]["properties"]["severity"]["enum"] == [1, 2, 3, 4, 5]


def test_no_flaw_is_a_list_too():
    assert read_flaws('{"flaws": []}', "Anthropomorphism") == ()
    assert read_flaws('{"Anthropomorphism": {"flaws": []}}', "Anthropomorphism") == ()


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("[a [b] c] Hello.", "Hello."),
        ("Hello. [a", "Hello."),
        ("Hello.] [x] You?", "Hello.  You?"),
        ("[only this]", ""),
        ("(nods)", "(nods)"),
    ],
)
def test_thoughts_are_never_heard(message, left):
    assert heard(message) == left


@given(st.text(alphabet="[]a ", max_size=40))
def test_nothing_heard_holds_a_bracket(text):
    assert not set("[]") & set(heard(text))


def test_only_actors_who_are_heard_count():
    talk = Conversation(
        (
            Message("system", "Play.", "Ana"),
            Message("assistant", "Hello.", "Ana"),
            Message("assistant", "[Who is that?]", "Rui"),
            Message("user", "A door slams.", "Environment"),
        )
    )
    assert actor_messages(talk) == 1


async def test_a_speaker_without_a_name_and_an_unknown_dimension_are_refused():
    nameless = SceneItem("Here.", LINES, Conversation((Message("user", "Hello."),)))
    with pytest.raises(UsageError, match="no speaker"):
        await FlawListJudge(Scripted([]), "Anthropomorphism")(nameless)
    with pytest.raises(UsageError, match="Character Fidelity"):
        FlawListJudge(Scripted([]), "Charm")  # type: ignore[arg-type]


def test_a_scene_with_a_dimension_missing_has_no_score():
    three = {name: Verdict("c", 80.0) for name in DIMENSIONS[:3]}
    measured = scene_score({**three, DIMENSIONS[3]: Verdict("c", reason="truncated")})
    assert (measured.value, measured.missing, measured.n) == (None, {"truncated": 1}, 3)
    assert scene_score(three).missing == {"not_run": 1}
