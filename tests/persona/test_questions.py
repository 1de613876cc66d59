"""Questions for statements: by shape, by kind, and those a model writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.measure.probes import starter_personas
from personae.models.scripted import Scripted
from personae.persona.kinds import kind_of
from personae.persona.parts import STATEMENT_KINDS, Statement
from personae.persona.persona import Persona
from personae.persona.questions import probed, questions_for, questions_with
from personae.persona.texts import texts
from personae.types import Completion


def fact(text, **more):
    return Statement(**{"id": "a", "text": text, "kind": kind_of(text)} | more)


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("My name is Ana Reis.", "What is your name?", "Ana Reis."),
        ("I am thirty-four years old.", "How old are you?", "Thirty-four."),
        ("I live on a narrowboat in Larkmoor.", "Where do you live?", "On a narrowboat in Larkmoor."),
        ("I work as a nurse.", "What do you do for a living?", "As a nurse."),
        ("I have a dog named Hypothesis.", "What is your dog called?", "Hypothesis."),
        ("My sister Marta is a baker.", "What can you tell me about your sister?", "A baker."),
        ("I can't stand hold music.", "What do you dislike?", "Hold music."),
        ("My favourite colour is green.", "What is your favourite colour?", "Green."),
        ("I am afraid of moths.", "What are you afraid of?", "Moths."),
        ("I play the cello.", "Do you play an instrument?", "The cello."),
        ("I want to sail home.", "What do you want to achieve?", "To sail home."),
        ("Mould in the vault frightens me.", "What are you afraid of?", "Mould in the vault frightens me."),
        ("Blue.", "What is something that is true about you?", "Blue."),
    ],
)
def test_a_statement_gets_the_question_it_answers(text, question, answer):
    probe = questions_for(fact(text))[0]
    assert (probe.question, probe.answer) == (question, answer)


def test_a_statement_in_the_third_person_is_read_as_the_character_would_say_it():
    probe = questions_for(fact("Ana lives in Porto.", person="third"), name="Ana", pronouns="she")[0]
    assert (probe.question, probe.answer) == ("Where do you live?", "In Porto.")


def test_every_kind_has_questions_and_every_template_asks():
    table = texts("questions")
    assert set(table["by_kind"]) == set(STATEMENT_KINDS)
    asked = [ask for row in table["by_shape"] for ask in row["ask"]] + [
        ask for asks in table["by_kind"].values() for ask in asks
    ]
    assert [question for question in asked if not question.endswith("?") or len(question.split()) > 20] == []
    assert {row.get("kind") for row in table["by_shape"]} <= {None, *STATEMENT_KINDS}


def test_no_question_for_a_starters_facts_gives_its_answer_away():
    for persona in starter_personas():
        for statement in persona.statements if persona.language == "en" else ():
            for probe in questions_for(statement):
                assert probe.answer.rstrip(".").lower() not in probe.question.lower()


def test_more_questions_ask_the_same_in_other_words():
    probes = questions_for(fact("I am afraid of moths."), n=3)
    assert len({probe.question for probe in probes}) == 3
    assert {probe.answer for probe in probes} == {"Moths."}


def test_a_persona_gets_the_probes_it_lacks_and_keeps_its_own():
    ana = Persona(
        name="Ana",
        identity={"pronouns": "she/her"},
        statements=[
            {"id": "a", "text": "Ana lives in Porto.", "kind": "residence", "person": "third"},
            {"id": "b", "text": "I like tea.", "kind": "like", "probe": {"question": "Tea?", "answer": "Yes."}},
            {"id": "c", "text": "Grilled sardines, every Friday.", "kind": "food"},
            {"id": "d", "text": "I like rain.", "kind": "like", "speaker": "user"},
        ],
    )
    probes = [statement.probe for statement in probed(ana).statements]
    assert [probe and probe.answer for probe in probes] == ["In Porto.", "Yes.", None, None]
    german = ana.edited(language="de")
    assert probed(german) == german


def answer(*items):
    return json.dumps({"questions": [dict(zip(("question", "answer"), item, strict=True)) for item in items]})


async def test_a_models_questions_are_checked_one_by_one():
    items = [
        ("Where is your home?", "In Porto."),
        ("where is your  home?", "In Porto."),
        ("Tell me about your home.", "In Porto."),
        ("Do you live in Porto?", "In Porto."),
        ("Where is your home now?", "By a lake in Rome."),
        ("Is it " + "very " * 30 + "far?", "In Porto."),
        ("Which town do you live in?", "I live in Porto."),
    ]
    found = await questions_with(Scripted([answer(*items)]), fact("Ana lives in Porto."), name="Ana")
    assert [probe.question for probe in found.probes] == ["Where is your home?", "Which town do you live in?"]
    assert found.rejected == {"duplicate": 1, "no_question": 1, "gives_away": 1, "invented": 1, "too_long": 1}


@pytest.mark.parametrize(
    ("completion", "outcome"),
    [
        ("1. Where do you live?", "unparsed"),
        (" ", "empty"),
        (Completion("no", stop="refusal"), "refused"),
        (Completion('{"questions"', stop="length"), "truncated"),
    ],
)
async def test_an_unusable_answer_is_no_question(completion, outcome):
    found = await questions_with(Scripted([completion]), fact("Ana sews."), name="Ana")
    assert (found.probes, found.outcome) == ((), outcome)


async def test_a_malformed_question_is_counted():
    found = await questions_with(Scripted(['{"questions": [1, {"question": "Why?"}]}']), fact("Ana sews."), name="Ana")
    assert (found.probes, found.rejected) == ((), {"malformed": 2})


@given(st.text(min_size=1, max_size=80), st.sampled_from(STATEMENT_KINDS))
def test_any_statement_gets_at_least_one_question(text, kind):
    probes = questions_for(Statement(id="a", text=text, kind=kind))
    assert probes
    assert all(probe.question and probe.answer for probe in probes)
