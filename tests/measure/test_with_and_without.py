"""Two solvers on five questions, scripted so that every cell of the confusion is known."""

from __future__ import annotations

import asyncio

import pytest

from personae.agent import Agent
from personae.agent.teams import JekyllHyde
from personae.measure.observing import observe_all
from personae.measure.with_and_without import WithAndWithout
from personae.models import Scripted
from personae.models.choices import Mcq
from personae.persona.persona import Persona
from personae.types import Settings

ANA = Persona(name="Ana", summary="Mends nets.")
#: Per question: what the persona says, what nobody says; "B" is right.
SAID = {"both": "BB", "fixed": "BA", "broken": "CB", "wrong": "AC", "lost": "?B"}
QUESTIONS = tuple(Mcq(id, f"Question {id}?", ("one", "two", "three"), gold=1) for id in SAID)


class Solvers:
    """Says what `SAID` says; as a judge, picks the right one, or the first one shown."""

    def __init__(self, fair=True):
        self.fair = fair

    def __call__(self, messages):
        asked = messages[-1].content
        if 'name="A"' in asked:
            first = asked[asked.index('name="A"') : asked.index('name="B"')]
            return "[[A]]" if "[[B]]" in first or not self.fair else "[[B]]"
        id = next(id for id in SAID if f"Question {id}?" in asked)
        letter = SAID[id]["Mends nets." not in "".join(m.content for m in messages if m.role == "system")]
        return "Nobody knows." if letter == "?" else f"So it is [[{letter}]]"


def measured(fair=True, votes=0, **team):
    measure = WithAndWithout(QUESTIONS, JekyllHyde(**team), votes)
    plan = measure.plan(ANA)
    agent = Agent(ANA, Scripted(Solvers(fair)), settings=Settings(temperature=0))
    seen = asyncio.run(observe_all(measure, agent, plan))
    return seen, {one.name.removeprefix("with_and_without").lstrip("."): one for one in measure.summarise(plan, seen)}


def test_a_fair_judge_reaches_the_oracle():
    _, told = measured(votes=3)
    assert told[""].value == told["oracle"].value == 0.8  # only "wrong" is beyond both
    assert (told["persona"].value, told["neutral"].value) == (0.4, 0.6)
    assert told["self_consistency"].value == 0.6
    assert told["one_round"].value == 0.8
    assert told["over_persona"].value == pytest.approx(0.4)
    assert told[""].details["confusion"] == {
        "both_right": 0.2,
        "persona_fixes": 0.2,
        "persona_breaks": 0.4,
        "both_wrong": 0.2,
    }
    # agreed 2, and only one usable answer 2; the rest is judged: one pair of verdicts where it is fair to both
    assert told["calls"].value > 2


def test_a_judge_that_likes_a_place_leaves_it_to_the_fallback():
    seen, told = measured(fair=False)
    assert told["undecided"].value == 0.6
    assert told[""].value == told["neutral"].value
    assert {one.data["source"] for one in seen} == {"agreed", "undecided", "only_neutral"}
    _, told = measured(fair=False, fallback="none")
    assert told[""].value == 0.4  # published: undecided counts as wrong; "both" and "lost" are left


def test_a_question_nobody_answers_has_no_value():
    measure = WithAndWithout((Mcq("q", "Question?", ("one", "two"), gold=0), Mcq("x", "Known?", ("one", "two"))))
    plan = measure.plan(ANA)
    assert plan.missing == {"no_answer_known": 1}
    agent = Agent(ANA, Scripted(["Hm.", ""]))
    (seen,) = asyncio.run(observe_all(measure, agent, plan))
    assert (seen.outcome, seen.value) == ("empty", None)
