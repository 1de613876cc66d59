"""The scripted model: a queue, a history, nothing made up."""

from __future__ import annotations

import math

import pytest

from personae.errors import RateLimited, UsageError
from personae.models.scripted import Scripted
from personae.types import Completion, Message, Settings

TALK = (Message("user", "Hello there"),)


async def test_answers_come_in_order_whatever_their_kind():
    model = Scripted(
        ["One.", Completion("Two", stop="length"), RateLimited("slow down"), lambda talk: talk[-1].content]
    )
    assert (await model.generate(TALK, Settings())).text == "One."
    assert (await model.generate(TALK, Settings())).stop == "length"
    with pytest.raises(RateLimited):
        await model.generate(TALK, Settings())
    assert (await model.generate(TALK, Settings())).text == "Hello there"
    assert len(model.history) == 4
    assert model.left == 0


async def test_an_empty_queue_says_so():
    with pytest.raises(UsageError, match="no answer left after 1 calls"):
        await Scripted().generate(TALK, Settings())


async def test_option_scores_come_from_a_mapping_a_function_or_are_equal():
    options = ["Yes", "No"]
    assert (await Scripted(option_scores={"No": -1.0}).logprobs(TALK, options)).logprobs == (-math.inf, -1.0)
    assert (await Scripted(option_scores=lambda talk, asked: [-2.0, -3.0]).logprobs(TALK, options)).best() == 0
    equal = await Scripted().logprobs(TALK, options)
    assert equal.logprobs == pytest.approx((math.log(0.5), math.log(0.5)))


@pytest.mark.parametrize("text", ["", "one", "two words", "  led by spaces", "line\nbreaks too "])
async def test_a_stream_loses_no_character(text):
    assert "".join([piece async for piece in Scripted([text]).stream(TALK, Settings())]) == text
