"""Each way to answer: letters, words, probabilities in JSON, whole options; and each failure under its own name."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stubs.choosers import Chooser, by_text

from personae.errors import BadResponse, ModelUnreachable, UsageError
from personae.models import Scripted
from personae.models.choices import Mcq, ask, read_shares
from personae.models.choices.ways import Answer, opened
from personae.types import Completion, OptionScores

TEA = Mcq("tea", "What does Ana drink?", ("tea", "coffee", "nothing"), gold=0)


async def one(model, way, *, order=(0, 1, 2), mcq=TEA):
    return (await ask(await opened(model, way), mcq, [order])).answers[0]


@pytest.mark.parametrize("said", ["A", "A.", "(a)", "[[A]]", "Answer: A", "A. tea", "tea", "**A**"])
async def test_all_usual_forms_of_a_letter_are_read(said):
    answer = await one(Scripted([said]), "spoken")
    assert answer.shares == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("A or B", "unparsed"),
        ("D", "unparsed"),
        ("I'm sorry, I can't choose.", "refused"),
        ("", "empty"),
        (Completion("Well, let me think about", stop="length"), "truncated"),
        (Completion("", stop="refusal"), "refused"),
        (BadResponse("HTML"), "failed"),
    ],
)
@pytest.mark.parametrize("way", ["spoken", "shares"])
async def test_each_failure_has_its_own_name_and_no_shares(said, outcome, way):
    answer = await one(Scripted([said] * 6), way)
    assert answer.outcome == outcome
    assert answer.shares == ()
    assert answer.by_option == ()


async def test_an_unreachable_model_is_no_answer_and_is_raised():
    with pytest.raises(ModelUnreachable):
        await one(Scripted([ModelUnreachable("refused")]), "spoken")


async def test_shares_come_back_in_the_order_of_the_question():
    answer = await one(Scripted(['{"A": 0.1, "B": 0.2, "C": 0.7}']), "shares", order=(2, 0, 1))
    assert answer.shares == pytest.approx((0.1, 0.2, 0.7))
    assert answer.by_option == pytest.approx((0.2, 0.7, 0.1))


async def test_a_broken_distribution_is_asked_for_again_with_the_reason_in_view():
    model = Scripted(['{"A": 1, "B": 1, "C": 1}', "", '```json\n{"A": 0.5, "B": 0.5, "C": 0}\n```'])
    answer = await one(model, "shares")
    assert answer.shares == (0.5, 0.5, 0.0)
    assert answer.again == ("unparsed", "empty")
    second, third = model.history[1].messages, model.history[2].messages
    assert second[-2].content == '{"A": 1, "B": 1, "C": 1}'
    assert "sum to 3, not to 1" in second[-1].content
    assert [m.role for m in third] == ["user"]
    assert "it was empty" in third[-1].content


async def test_after_five_requests_more_it_stays_without_an_answer():
    model = Scripted(["0.5"] * 9)
    answer = await one(model, "shares")
    assert answer.outcome == "unparsed"
    assert len(model.history) == 6
    assert answer.scores.usage.completion_tokens == 6


async def test_the_prompt_for_shares_lists_the_options_and_asks_for_no_letter():
    model = Scripted(['{"A": 1, "B": 0, "C": 0}'])
    await one(model, "shares")
    asked = model.history[0].messages[-1].content
    assert "A. tea\nB. coffee\nC. nothing" in asked
    assert "one letter" not in asked
    assert asked.endswith('{"A": …, "B": …, "C": …}')


async def test_a_model_that_scores_exactly_is_shown_the_list_and_scored_by_its_letters():
    model = Chooser(by_text, method="exact")
    answer = await one(model, "letters")
    assert answer.scores.method == "letters"
    assert model.scored[-1] == ("A", "B", "C")
    assert "B. coffee" in model.prompts[-1]
    assert answer.by_option[2] > 0.99


async def test_whole_options_are_not_shown_where_they_can_be_scored():
    model = Chooser(by_text, method="exact")
    asked = await ask(await opened(model, "whole"), TEA, [(0, 1, 2), (1, 2, 0)])
    assert model.scored == [TEA.options]
    assert len(asked.answers) == 1
    assert "B. coffee" not in model.prompts[-1]


async def test_equal_letters_share_the_probability():
    answer = await one(Scripted(), "letters")
    assert answer.shares == pytest.approx((1 / 3,) * 3)


def test_a_letter_outside_the_likely_tokens_has_no_probability():
    answer = Answer(OptionScores((-1.0, -math.inf), (1, 1), "letters"), (0, 1))
    assert answer.shares == (1.0, 0.0)


def test_options_without_any_probability_are_no_answer():
    answer = Answer(OptionScores((-math.inf, -math.inf), (1, 1), "exact"), (0, 1))
    assert answer.outcome == "unparsed"


async def test_an_unknown_way_is_an_error():
    with pytest.raises(UsageError):
        await opened(Scripted(), "guess")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "[0.5, 0.5]",
        '{"A": 0.5}',
        '{"A": 0.5, "B": 0.5, "C": 0.0}',
        '{"a": 0.5, "b": 0.5}',
        '{"A": "0.5", "B": "0.5"}',
        '{"A": true, "B": 0}',
        '{"A": null, "B": 1}',
        '{"A": NaN, "B": 1}',
        '{"A": 1e999, "B": 0}',
        '{"A": 1.5, "B": -0.5}',
        '{"A": 0.5, "A": 0.5, "B": 0}',
        '{"A": 0.5, "B": 0.49998}',
        'Sure! {"A": 0.5, "B": 0.5}',
        '{"A": 0.5, "B": 0.5} {"A": 1, "B": 0}',
        "[" * 100_000,
        '{"A": ' + "9" * 5000 + ', "B": 0}',
    ],
)
def test_what_is_no_distribution_over_all_letters_is_not_read(text):
    assert isinstance(read_shares(text, 2), str)


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_reader(text):
    found = read_shares(text, 3)
    assert isinstance(found, str) or abs(sum(found) - 1) <= 1e-5


@settings(deadline=None)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=9).filter(sum))
def test_every_distribution_written_as_json_is_read_back(weights):
    shares = [weight / sum(weights) for weight in weights]
    text = json.dumps(dict(zip("ABCDEFGHI", shares, strict=False)))
    assert read_shares(text, len(weights)) == tuple(shares)
