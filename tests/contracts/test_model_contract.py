"""What every model promises, whatever stands behind it."""

from __future__ import annotations

import math

import pytest
from contracts.models import FACTORIES

from personae.errors import UsageError
from personae.types import Completion, Message, Model, Settings, StreamingModel

TALK = (Message("system", "You are Ana, an archivist."), Message("user", "Where do you live?"))
SHORT = Settings(max_tokens=8, seed=3)


@pytest.fixture(params=FACTORIES)
async def model(request, tmp_path):
    async with request.param(tmp_path) as opened:
        yield opened


async def test_it_is_a_model_with_a_name(model):
    assert isinstance(model, Model)
    assert model.name


async def test_a_completion_has_text_usage_and_a_known_stop_reason(model):
    answer = await model.generate(TALK, SHORT)
    assert isinstance(answer, Completion)
    assert isinstance(answer.text, str)
    assert answer.stop in ("stop", "length", "refusal")
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.completion_tokens >= 0
    assert answer.usage.seconds >= 0.0


async def test_equal_questions_get_equal_answers(model):
    assert (await model.generate(TALK, SHORT)).text == (await model.generate(TALK, SHORT)).text


async def test_every_option_gets_a_score_that_is_a_log_probability(model):
    scores = await model.logprobs(TALK, ["In Porto.", "On the moon, they say."])
    assert len(scores.logprobs) == len(scores.tokens) == 2
    assert all(score <= 0.0 and not math.isnan(score) for score in scores.logprobs)
    assert all(count >= 1 for count in scores.tokens)
    assert scores.method in ("exact", "letters", "parsed")
    assert (scores.best() is None) == (scores.outcome != "answered" or max(scores.logprobs) == -math.inf)


@pytest.mark.parametrize("options", [[], ["Yes"], ["Yes", "Yes"], ["Yes", "  "]])
async def test_options_that_cannot_be_compared_are_refused(model, options):
    with pytest.raises(UsageError):
        await model.logprobs(TALK, options)


async def test_a_stream_joins_to_the_text_of_generate(model):
    """Speaking word by word is no part of the contract; who offers it says the same as in one piece."""
    if isinstance(model, StreamingModel):
        pieces = [piece async for piece in model.stream(TALK, SHORT)]
        assert "".join(pieces) == (await model.generate(TALK, SHORT)).text
    else:
        assert model.name == "mockllm/model", "only Inspect's models do not stream"
