"""Choosing among candidates: what may be chosen, what is logged, what is an error."""

from __future__ import annotations

import math

import pytest

from personae.agent.decoding import BestOf, select
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.models.scripted import Scripted
from personae.types import Completion, Settings


def length(context, persona, candidates):
    return [float(len(text)) for text in candidates]


async def test_no_candidate_is_a_reason(ana, talk):
    choice = await select(talk, ana, [], length)
    assert (choice.index, choice.table, choice.reason) == (None, (), "there is no candidate to choose from")


async def test_of_equals_the_first_wins(ana, talk):
    assert (await select(talk, ana, ["one", "two", "six"], length)).index == 0


async def test_what_is_no_answer_is_never_taken_when_there_is_one(ana, talk):
    candidates = [Completion("", stop="refusal"), "  ", Completion("a long one that was cut", stop="length"), "yes"]
    choice = await select(talk, ana, candidates, length)
    assert choice.index == 3
    assert [row.outcome for row in choice.table] == ["refused", "empty", "truncated", "answered"]
    assert [row.score for row in choice.table] == [None, None, None, 3.0]


async def test_cut_off_answers_are_weighed_only_among_themselves(ana, talk):
    cut = [Completion("a", stop="length"), Completion("", stop="length"), Completion("abc", stop="length")]
    assert (await select(talk, ana, cut, length)).index == 2


async def test_without_any_answer_the_reason_counts_what_there_was(ana, talk):
    choice = await select(talk, ana, ["", Completion("", stop="refusal"), ""], length)
    assert choice.index is None
    assert choice.reason == "no candidate is an answer: 2 empty, 1 refused"
    assert len(choice.table) == 3


async def test_every_named_score_is_logged_and_what_was_not_computed_is_absent(ana, talk):
    async def named(context, persona, candidates):
        return {"score": [None, 0.5], "detail": [2.0, 3.0]}

    choice = await select(talk, ana, ["a", "b"], named)
    assert choice.index == 1
    assert [row.scores for row in choice.table] == [{"detail": 2.0}, {"score": 0.5, "detail": 3.0}]


async def test_nothing_scored_is_a_reason(ana, talk):
    choice = await select(talk, ana, ["a", "b"], lambda *_: [-math.inf, -math.inf])
    assert (choice.index, choice.reason) == (None, "none of 2 candidates could be scored")


@pytest.mark.parametrize(
    ("given", "match"),
    [([1.0], "1 numbers for 2"), ([1.0, math.nan], "NaN"), ({"detail": [1.0, 2.0]}, 'called "score"')],
)
async def test_a_score_that_does_not_fit_is_one_clear_error(ana, talk, given, match):
    with pytest.raises(UsageError, match=match):
        await select(talk, ana, ["a", "b"], lambda *_: given)


async def test_best_of_takes_an_asynchronous_score_and_passes_the_table_on(ana, talk):
    async def named(context, persona, candidates):
        assert context == talk
        return {"score": [1.0, 2.0], "detail": [0.0, 1.0]}

    decoded = await BestOf(2, named)(Scripted(["a", "b"]), Prompted(talk), Settings(), persona=ana)
    assert decoded.completion.text == "b"
    assert decoded.candidates[1].scores == {"score": 2.0, "detail": 1.0}


async def test_without_a_seed_every_sample_is_drawn_without_one(ana, talk):
    model = Scripted(["a", "b"])
    await BestOf(2, length)(model, Prompted(talk), Settings(seed=None), persona=ana)
    assert [call.settings.seed for call in model.history if call.settings] == [None, None]
