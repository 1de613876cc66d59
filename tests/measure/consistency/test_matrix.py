"""The matrix holds what the scorer said of each cell, and says what it left out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from personae.errors import BadResponse, UsageError
from personae.measure.consistency.cells import missed, shown, violated, worst
from personae.measure.consistency.matrix import (
    Matrix,
    any_language,
    consistency_matrix,
    exchanges_of,
    guard_of,
    hypotheses,
)
from personae.models.embedder import supported
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.persona.persona import Persona
from personae.types import Message

PET, WORK = "I have a tortoise called Relógio.", "I catalogue nautical atlases."
TURNS = [("Do you have a pet?", "No, never had one."), ("What do you do?", "I put atlases in order.")]


@pytest.fixture
def pairs():
    return ScriptedPairs(
        {
            ("No, never had one.", PET): (0.9, 0.1, 0.0),
            ("I put atlases in order.", WORK): (0.0, 0.2, 0.8),
        },
        {
            (PET, "Do you have a pet?"): 0.9,
            (WORK, "What do you do?"): 0.8,
            (WORK, "I put atlases in order."): 0.7,
            ("I put atlases in order.", "What do you do?"): 0.95,
        },
    )


async def test_each_cell_stands_where_its_reply_and_statement_meet(pairs):
    matrix = await consistency_matrix(pairs, [PET, WORK], TURNS)
    assert matrix.contradiction == pytest.approx(np.array([[0.9, 0.0], [0.0, 0.0]]))
    assert matrix.entailment == pytest.approx(np.array([[0.0, 0.0], [0.0, 0.8]]))
    assert matrix.asked == pytest.approx(np.array([[0.9, 0.0], [0.0, 0.8]]))
    assert matrix.relevance == pytest.approx(np.array([[0.0, 0.0], [0.0, 0.7]]))
    assert matrix.coherence == pytest.approx([0.0, 0.95])
    assert matrix.kinds.tolist() == [[0, 1], [1, 2]]
    assert matrix.scorer == {"name": "scripted", "checkpoint": "script", "data": "none", "validity": "ok"}


async def test_the_reply_is_the_premise_and_may_bring_its_query(pairs):
    await consistency_matrix(pairs, [PET], TURNS[:1], with_query=True)
    assert pairs.history[0] == ("Do you have a pet? [SEP] No, never had one.", PET)


async def test_a_matrix_survives_json(pairs):
    matrix = await consistency_matrix(pairs, [PET, WORK], [*TURNS, ("", "Hello there.")])
    data = json.loads(json.dumps(matrix.to_data(), allow_nan=False))
    assert data["asked"][2] == [None, None]
    again = Matrix.from_data(data)
    assert again.statements == matrix.statements
    assert again.exchanges == matrix.exchanges
    assert np.allclose(again.asked, matrix.asked, atol=1e-4, equal_nan=True)
    assert again.to_data() == data


async def test_what_cannot_be_read_is_left_out_and_counted_and_no_zero(pairs):
    turns = [("Hi.", ""), ("Hi.", "Ich wohne mit meiner Frau in Hamburg und habe eine Katze."), TURNS[1]]
    matrix = await consistency_matrix(pairs, [PET, WORK, " "], turns)
    assert matrix.missing == {"empty_statement": 1, "empty": 1, "unread_reply": 1}
    assert [each.id for each in matrix.exchanges] == ["3"]
    nothing = await consistency_matrix(pairs, [], turns[:1])
    assert nothing.contradiction.shape == (0, 0)
    assert worst(nothing) is None
    assert nothing.missing == {"empty": 1}
    assert Matrix.from_data(nothing.to_data()).to_data() == nothing.to_data()


async def test_a_scorer_that_gives_no_probability_is_an_error():
    for wrong in ((float("nan"), 0.5, 0.5), (3.0, -2.0, 0.0)):
        with pytest.raises(BadResponse):
            await consistency_matrix(ScriptedPairs(otherwise=wrong), [PET], TURNS)


async def test_replies_a_judge_did_not_answer_are_left_out_and_counted(pairs):
    class Shy(ScriptedPairs):
        async def score(self, premises, hypotheses):
            rows = await super().score(premises, hypotheses)
            rows[[premise.startswith("No") and hypothesis == WORK for premise, hypothesis in self.history]] = np.nan
            raise PairsUnanswered("one cell", rows, {1: "refused"})

    matrix = await consistency_matrix(Shy(), [PET, WORK], TURNS)
    assert [each.id for each in matrix.exchanges] == ["2"]
    assert matrix.missing == {"unjudged_reply": 1}
    assert matrix.kinds.shape == matrix.asked.shape == matrix.relevance.shape == (1, 2)


async def test_a_query_that_could_not_be_judged_has_no_apc(pairs):
    class Shy(ScriptedPairs):
        async def relevance(self, statements, texts, *, to="reply"):
            values = await super().relevance(statements, texts, to=to)
            values[[statement == PET for statement in statements]] = np.nan
            raise PairsUnanswered("no", values, {0: "unparsed"})

    matrix = await consistency_matrix(Shy(), [PET, WORK], TURNS[:1])
    assert np.isnan(matrix.asked).all()
    assert matrix.missing == {"unjudged_query": 1}
    assert matrix.to_data()["relevance"] == [[None, 0.0]]


def test_statements_are_put_in_the_first_person_and_those_of_others_left_out():
    who = Persona(
        name="Ana",
        identity={"pronouns": "she/her"},
        statements=[
            {"id": "a", "text": "Ana loves her garden.", "person": "third"},
            {"id": "b", "text": "You are patient.", "person": "second"},
            {"id": "c", "text": "Rui owns a boat.", "speaker": "other"},
            {"id": "d", "text": "I was born in Porto."},
        ],
    )
    kept, missing = hypotheses(who)
    assert [(each.id, each.text) for each in kept] == [("a", "I love my garden."), ("d", "I was born in Porto.")]
    assert missing == {"second_person": 1, "not_self": 1}


def test_the_embedded_scorer_reads_english_and_others_read_what_has_letters():
    assert guard_of("embedded") is supported
    assert guard_of("judge/openai/x") is any_language
    assert any_language("Tenho um gato.") is None
    assert any_language("12 !") == "no letters to read"


def test_a_query_is_all_that_was_said_since_the_last_reply():
    talk = [
        Message("system", "You are Ana."),
        Message("user", "Hello."),
        Message("user", "Any pets?"),
        Message("assistant", " One. "),
        Message("assistant", "A tortoise."),
    ]
    assert [(each.query, each.reply) for each in exchanges_of(talk)] == [
        ("Hello. Any pets?", "One."),
        ("", "A tortoise."),
    ]


async def test_the_lists_name_what_was_violated_missed_and_shown(pairs):
    turns = [*TURNS, ("What do you do?", "Guess.")]
    matrix = await consistency_matrix(pairs, [PET, WORK], turns)
    assert [(c.statement, c.reply, c.probability) for c in violated(matrix)] == [(PET, "No, never had one.", 0.9)]
    assert [(c.statement, c.reply_id) for c in shown(matrix)] == [(WORK, "2")]
    assert [(c.statement, c.reply) for c in missed(matrix)] == [(WORK, "Guess.")]
    assert worst(matrix) == violated(matrix)[0]


async def test_talks_of_one_persona_stack_and_those_of_two_do_not(pairs):
    one = await consistency_matrix(pairs, [PET], TURNS[:1])
    both = Matrix.stacked([one, one])
    assert both.contradiction.shape == (2, 1)
    with pytest.raises(UsageError):
        Matrix.stacked([one, await consistency_matrix(pairs, [WORK], TURNS[:1])])
