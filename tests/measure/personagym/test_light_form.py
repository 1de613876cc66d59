"""The light form inside `measure`, and the second opinion of a pair scorer."""

from __future__ import annotations

import dataclasses
import json

import pytest
from stubs.gym import Everything

from personae import run
from personae.agent import Agent
from personae.measure.personagym.block import Item
from personae.measure.personagym.measure import PersonaGym
from personae.measure.personagym.nli import nli_consistency
from personae.measure.personagym.protocol import TASKS, Protocol, Subject
from personae.measure.personagym.run import run_gym
from personae.models.pairs.scripted import ScriptedPairs
from personae.persona.find import find
from personae.stats.paired import compare
from personae.types import CONTRADICTION, ENTAILMENT

AS_AN_AI = (
    "As an AI model, I do not have personal experiences, a home or a family, so I cannot answer that.",
    "As an AI model, I am a computer program and not a person. I have no job and no feelings.",
    "As an AI model, I have no life of my own, but I can give you general information.",
)


def observe_all(measure: PersonaGym, agent: Agent):
    plan = measure.plan(agent.persona)
    return plan, [run(measure.observe(agent, case)) for case in plan.cases]


def test_one_question_per_task_takes_six_calls_for_questions_and_three_for_each(ana):
    model, judge = Everything("model"), Everything("judge")
    measure = PersonaGym((judge,))
    plan, seen = observe_all(measure, Agent(ana, model))
    assert [case.id for case in plan.cases] == [f"{task}-01-01" for task in TASKS]
    assert (len(model.history), len(judge.history)) == (5, 6 + 10)
    first, *tasks, agreement = measure.summarise(plan, seen)
    assert (first.name, first.value, first.n) == ("personagym", 1.0, 5)
    assert [each.value for each in tasks] == [1.0] * 5
    assert first.details["judge"] == {"name": "judge", "standing": "untested", "card": None}
    assert agreement.reason == "one judge has nobody to agree with"


def test_an_observation_travels_through_json(ana):
    measure = PersonaGym((Everything("judge"),))
    plan, seen = observe_all(measure, Agent(ana, Everything("model")))
    data = [json.loads(json.dumps(dataclasses.asdict(each))) for each in seen]
    again = [type(seen[0])(**each) for each in data]
    assert measure.summarise(plan, again) == measure.summarise(plan, seen)
    assert json.loads(json.dumps([dict(case.data) for case in plan.cases]))


def test_without_a_judge_the_score_has_a_reason_and_nothing_is_planned(ana):
    measure = PersonaGym()
    plan = measure.plan(ana)
    assert plan.cases == ()
    (only,) = measure.summarise(plan, [])
    assert only.value is None
    assert "no judge is named" in only.reason
    assert only.missing == {"questions without a judge": 5}


def test_a_block_that_was_not_run_leaves_no_total(ana):
    measure = PersonaGym((Everything("judge"),), Protocol(n=2, batch=1))
    plan, seen = observe_all(measure, Agent(ana, Everything("model")))
    first = measure.summarise(plan, seen[:-1])[0]
    assert first.value is None
    assert first.reason == "1 of 10 blocks were not run"


def test_a_case_without_grades_is_unscored_with_its_outcome(ana):
    measure = PersonaGym((Everything("judge"),))
    plan, seen = observe_all(measure, Agent(ana, Everything("model", lambda messages: " ")))
    assert {each.outcome for each in seen} == {"empty"}
    assert measure.summarise(plan, seen)[0].missing == {"answer empty": 5}


def asked(subject: Subject, answers) -> tuple[Subject, list[Item]]:
    items = [
        Item("persona_consistency", number, "And you?", text, "answered" if text else "empty", missing="verdict failed")
        for number, text in enumerate(answers)
    ]
    return subject, items


def test_the_pair_scorer_gives_five_for_what_is_stated_one_for_what_is_denied_three_for_neither():
    subject = Subject("ana", "Ana.", statements=("I live in Porto.", "I am an archivist."))
    said = {
        ("Porto is my home.", "I live in Porto."): (0.0, 0.0, 1.0),
        ("I have never been to Porto.", "I live in Porto."): (1.0, 0.0, 0.0),
    }
    answers = ["Porto is my home.", "I have never been to Porto.", "It rains today.", ""]
    measured = run(nli_consistency(ScriptedPairs(said), [asked(subject, answers)]))
    assert list(measured.details["values"].values()) == [5.0, 1.0, 3.0]
    assert measured.missing == {"verdict failed": 1}
    assert (CONTRADICTION, ENTAILMENT) == (0, 2)


def test_a_subject_without_statements_is_missing():
    measured = run(nli_consistency(ScriptedPairs(), [asked(Subject("x", "Just a text."), ["I left early."])]))
    assert measured.value is None
    assert measured.missing == {"no statements": 1}


def questioned(name: str) -> tuple[Subject, dict[str, str]]:
    """A starter with ten of its own probe questions, and what somebody in its role would say to them."""
    own = [each for each in find(name).statements if each.speaker == "self" and each.probe is not None][:10]
    said = {each.probe.question: f"Well, as I always say: {each.text}" for each in own}
    questions = {task: list(said) for task in TASKS}
    return Subject(name, name, questions, statements=tuple(each.text for each in own)), said


@pytest.mark.slow
async def test_an_agent_that_says_it_is_an_ai_is_less_consistent_than_one_in_persona(tmp_path):
    """Twenty questions to two personas, each answered in the role and as an assistant; two runs, compared in pairs."""
    from personae.models.registry import open_pair_scorer

    people = [questioned(name) for name in ("lighthouse-keeper", "elder")]
    subjects = [subject for subject, _ in people]
    in_role = {(subject.text, question): text for subject, said in people for question, text in said.items()}
    agents = {
        "persona": lambda messages: in_role[messages[0].content.partition("\n")[0], messages[1].content],
        "assistant": lambda messages: AS_AN_AI[len(messages[1].content) % len(AS_AN_AI)],
    }
    scores = {}
    for kind, answer in agents.items():
        judges = [Everything("one"), Everything("two")]
        options = {"pairs": open_pair_scorer("embedded"), "protocol": Protocol(n=10)}
        done = await run_gym(subjects, Everything(kind, answer), judges, tmp_path / kind, **options)
        scores[kind] = next(each for each in done.measurements if each.name == "personagym.persona_consistency.nli")
    difference = compare(scores["persona"].details["values"], scores["assistant"].details["values"])
    assert difference.n == 20
    assert difference.difference > 1
    assert difference.p < 0.05
    assert scores["persona"].details["scorer"]["validity"] == "ok"
