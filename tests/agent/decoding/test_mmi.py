"""MMI and likelihood: the sums by hand, and what each asks the model."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.agent.decoding import MMI, Likelihood, select
from personae.errors import UsageError
from personae.models.scripted import Scripted
from personae.types import Conversation, Message, OptionScores

GENERIC, SPECIFIC = "I do not know.", "A dog called Bica."


def scores(messages, options):
    """Forwards the generic reply is likelier, backwards only the specific one tells what was asked."""
    said = messages[-1].content
    if "Somebody answered" in said:
        return [-3.0 if SPECIFIC in said else -12.0] + [-1.0] * (len(options) - 1)
    return [{GENERIC: -5.0, SPECIFIC: -8.0}.get(option, -2.0) for option in options]


async def test_the_sum_is_forward_plus_half_backward_plus_a_tenth_per_token(ana, talk):
    choice = await select(talk, ana, [GENERIC, SPECIFIC], MMI(model=Scripted(option_scores=scores)).rank)
    assert [row.score for row in choice.table] == pytest.approx([-5 + 0.5 * -12 + 0.4, -8 + 0.5 * -3 + 0.4])
    assert choice.index == 1
    assert choice.table[0].scores == pytest.approx({"score": -10.6, "forward": -5, "backward": -12, "tokens": 4})


async def test_with_both_weights_0_it_is_the_likelihood_and_asks_once(ana, talk):
    model = Scripted(option_scores=scores)
    choice = await select(talk, ana, [GENERIC, SPECIFIC], MMI(backward=0, length=0, model=model).rank)
    assert [row.score for row in choice.table] == [-5.0, -8.0]
    assert len(model.history) == 1


async def test_without_a_user_turn_there_is_nothing_to_predict(ana):
    model = Scripted(option_scores=scores)
    choice = await select([Message("system", "You are Ana.")], ana, [GENERIC, SPECIFIC], MMI(model=model).rank)
    assert "backward" not in choice.table[0].scores
    assert len(model.history) == 1


async def test_equal_replies_are_scored_once_and_a_single_one_beside_a_filler(ana, talk):
    model = Scripted(option_scores=scores)
    choice = await select(talk, ana, [SPECIFIC, SPECIFIC], MMI(model=model).rank)
    assert choice.index == 0
    assert model.history[0].options == (SPECIFIC, "Hello.")
    assert choice.table[0].score == choice.table[1].score


async def test_likelihood_per_token_lets_long_replies_win(ana, talk):
    model = Scripted(option_scores={"Yes.": -2.0, "Yes, a small dog.": -4.0})
    texts = ["Yes.", "Yes, a small dog."]
    assert (await select(talk, ana, texts, Likelihood(model))).index == 1
    assert (await select(talk, ana, texts, Likelihood(model, per_token=False))).index == 0


async def test_a_model_that_only_picks_letters_is_refused(ana, talk):
    class Letters(Scripted):
        async def logprobs(self, messages, options):
            return OptionScores((-0.1,) * len(options), (1,) * len(options), "letters")

    for score in (Likelihood(Letters()), MMI(model=Letters()).rank):
        with pytest.raises(UsageError, match="scores every token"):
            await select(talk, ana, [GENERIC, SPECIFIC], score)


async def test_as_a_decoder_the_sampling_model_scores(ana, talk):
    model = Scripted([GENERIC, SPECIFIC], option_scores=scores)
    turn = await Agent(ana, model, decode=MMI(n=2)).reply(Conversation(talk))
    assert turn.message.content == SPECIFIC


async def test_given_candidates_need_a_model(ana, talk):
    with pytest.raises(UsageError, match="model="):
        await select(talk, ana, [GENERIC], MMI().rank)
