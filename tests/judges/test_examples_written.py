"""Example replies are written by a model, and taken only when they are five real ones per question."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.judges.examples import read_examples, write_examples
from personae.judges.rubric import RubricItem, rubric_messages
from personae.judges.rubric_files import load_rubric
from personae.judges.verdicts import Problem
from personae.models import Scripted

RUBRIC = load_rubric("persona_consistency")
PERSONA = "Ana is an archivist of 61."


def written(count: int) -> dict:
    return {
        f"question {place}": {str(score): f"Reply number {score} to {place}." for score in range(1, 6)}
        for place in range(1, count + 1)
    }


async def test_five_questions_are_one_call_and_every_example_reaches_the_judge():
    model = Scripted([json.dumps(written(5))])
    questions = [f"Question {n}?" for n in range(5)]
    answer = await write_examples(model, RUBRIC, PERSONA, questions)
    assert len(model.history) == 1
    assert [len(examples) for examples in answer.value] == [5] * 5
    for question, examples in zip(questions, answer.value, strict=True):
        asked = rubric_messages(RUBRIC, [RubricItem(PERSONA, question, "I would wait.", examples)])[1].content
        assert all(f"\n{example}\n" in asked for example in examples)


async def test_the_writer_reads_persona_questions_and_criteria():
    model = Scripted([json.dumps(written(2))])
    await write_examples(model, RUBRIC, PERSONA, ["Where to?", "Why {so}?"])
    system, asked = (message.content for message in model.history[0].messages)
    assert all(text in system for text in (*RUBRIC.criteria, RUBRIC.title))
    assert all(text in asked for text in (PERSONA, "Where to?", "Why {so}?"))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"question 1": {"1": "ok"}},
        {"question 1": "none"},
        {"question 2": written(1)["question 1"]},
        {**written(2)},
        {"question 1": {**written(1)["question 1"], "5": "A"}},
        {"question 1": {**written(1)["question 1"], "5": 5}},
        {"question 1": {**written(1)["question 1"], "5": written(1)["question 1"]["4"]}},
        {"question 1": {**written(1)["question 1"], "6": "One more reply here."}},
    ],
)
async def test_examples_that_would_show_nothing_are_asked_for_again_and_then_refused(spoilt):
    assert isinstance(read_examples(json.dumps(spoilt), 1), Problem)
    model = Scripted([json.dumps(spoilt)] * 2)
    answer = await write_examples(model, RUBRIC, PERSONA, ["Where to?"])
    assert (answer.value, answer.reason, answer.outcomes) == (None, "unparsed", ("unparsed", "unparsed"))


@pytest.mark.parametrize("questions", [[], ["?"] * 6, [" "]])
async def test_one_to_five_questions_with_text_are_needed(questions):
    model = Scripted([])
    with pytest.raises(UsageError):
        await write_examples(model, RUBRIC, PERSONA, questions)
    assert model.history == []
