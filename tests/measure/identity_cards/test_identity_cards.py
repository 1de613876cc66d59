"""Cards and pairs of questions: balance, other names, and answerers that do or do not read the names."""

from __future__ import annotations

import random
import re

import pytest

from personae import run
from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.identity_cards import IdentityCards, make_questions, renamed
from personae.models import Scripted
from personae.persona.persona import Persona

WHO = Persona(name="the model itself")
RENAMES = {"Ann": "Zoe", "Ben": "Yann", "Carla": "Xenia", "David": "Wim"}


def reader(messages, options):
    """Looks the name up and compares the looks."""
    text = messages[-1].content
    cards = dict(re.findall(r"<(\w+)>: a person with (.*)", text))
    shown = re.search(r"The picture shows a person with (.*?)\. The person", text)[1]
    name = re.search(r"What does (\w+) do", text)[1]
    return [0.0, -50.0] if cards[name] == shown else [-50.0, 0.0]


def guesser(seed):
    rng = random.Random(seed)

    def guess(messages, options):
        return [0.0, -50.0] if rng.random() < 0.5 else [-50.0, 0.0]

    return guess


def first_name_in_the_scene(messages, options):
    """Decides by the scene alone, so both questions of it get one answer."""
    scene = messages[-1].content.split("The picture shows")[1].split("\n")[0]
    return [0.0, -50.0] if len(scene) % 2 else [-50.0, 0.0]


def scored(scores, questions):
    measure = IdentityCards(questions)
    plan, agent = measure.plan(WHO), Agent(WHO, Scripted(option_scores=scores))

    async def every():
        return [await measure.observe(agent, case) for case in plan.cases]

    seen = run(every())
    return {one.name.removeprefix("identity_cards").lstrip("."): one for one in measure.summarise(plan, seen)}


def test_every_scene_is_asked_about_once_with_an_answer_and_once_without():
    questions = make_questions(200, n_cards=4)
    assert sum(one.right for one in questions) == 200
    for one, other in zip(questions[::2], questions[1::2], strict=True):
        assert (one.scene, one.cards) == (other.scene, other.cards)
        assert {one.right, other.right} == {0, 1}
        assert one.name != other.name
    answerable_first = sum(one.right == 0 for one in questions[::2])
    assert 70 <= answerable_first <= 130, "the order tells nothing"
    assert "This is not" in questions[0].options[1]


def test_no_two_people_of_a_scene_share_a_look():
    for one in make_questions(100, n_cards=5):
        for look in zip(*(re.split(", | and ", card.reference) for card in one.cards), strict=True):
            assert len(set(look)) in (1, 5) or look[0].startswith("a person")
        assert sum(card.reference in one.scene for card in one.cards) == 1


def test_who_reads_the_cards_gets_everything_right():
    found = scored(reader, make_questions(50))
    assert [found[name].value for name in ("", "answerable", "unanswerable", "both")] == [1.0] * 4


def test_a_name_blind_answerer_gets_half():
    questions = make_questions(1000)
    assert scored(guesser(3), questions)[""].value == pytest.approx(0.5, abs=0.03)
    blind = scored(first_name_in_the_scene, questions)
    assert (blind[""].value, blind["both"].value) == (0.5, 0.0)
    always = scored(lambda messages, options: [0.0, -50.0], questions)
    assert (always[""].value, always["answerable"].value, always["unanswerable"].value) == (0.5, 1.0, 0.0)


def test_renaming_keeps_the_score():
    questions = make_questions(50)
    others = renamed(questions, RENAMES)
    assert any(one.name in RENAMES.values() for one in others)
    assert not any(name in one.prompt() for one in others for name in RENAMES)
    for scores in (reader, first_name_in_the_scene):
        before, after = scored(scores, questions), scored(scores, others)
        assert [before[name].value for name in before] == [after[name].value for name in after]
    fresh = make_questions(50, names=[f"Name{at}" for at in range(16)])
    assert [one.scene for one in fresh] == [one.scene for one in questions]


def test_the_same_seed_gives_the_same_questions_and_ids_are_their_own():
    assert make_questions(20, seed=4) == make_questions(20, seed=4) != make_questions(20, seed=5)
    assert make_questions(20)[:10] == make_questions(5)
    questions = make_questions(20)
    assert len({one.id for one in questions}) == 40


def test_what_cannot_be_asked_is_said():
    for wrong in ({"n_scenes": 0}, {"n_scenes": 1, "n_cards": 1}, {"n_scenes": 1, "n_cards": 7}):
        with pytest.raises(UsageError):
            make_questions(**wrong)
    with pytest.raises(UsageError, match="two people would share"):
        renamed(make_questions(30), {"Ann": "Ben"})


def test_no_answer_is_an_outcome():
    found = scored(lambda messages, options: [float("-inf")] * 2, make_questions(5))
    assert found[""].value is None
    assert found[""].missing == {"unparsed": 10}
