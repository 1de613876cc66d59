"""A language model as pair scorer: what it is asked, how its preference for a place cancels, what a failure is."""

from __future__ import annotations

import math

import pytest
from contracts.reading import Reading

from personae.errors import AuthenticationFailed, BadResponse, ContextOverflow, UsageError
from personae.models import open_pair_scorer
from personae.models.pairs.judge import JudgePairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.models.scripted import Scripted
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL, Completion, OptionScores

PAIR = (["I have no pets."], ["I own a dog."])


async def test_probabilities_stand_in_the_order_contradiction_neutral_entailment():
    said = {"contradicted": math.log(0.7), "open": math.log(0.2), "confirmed": math.log(0.1)}
    row = (await JudgePairs(Scripted(option_scores=said)).score(*PAIR))[0]
    assert row[[CONTRADICTION, NEUTRAL, ENTAILMENT]] == pytest.approx([0.7, 0.2, 0.1], abs=1e-6)


async def test_both_texts_and_every_choice_are_in_the_question_word_for_word():
    model = Scripted()
    await JudgePairs(model).score(["I said {choices}, didn't I?"], ["I like {text}."])
    asked = model.history[0].messages[-1].content
    assert "<<I said {choices}, didn't I?>>" in asked
    assert "<<I like {text}.>>" in asked
    assert asked.endswith("contradicted, open or confirmed:")


async def test_a_taste_for_the_first_place_cancels():
    """A model that always leans to what is listed first tells nothing, and so must its average."""
    model = Scripted(
        option_scores=lambda _, options: [math.log(0.8), *[math.log(0.2 / (len(options) - 1))] * (len(options) - 1)]
    )
    judge = JudgePairs(model)
    assert (await judge.score(*PAIR))[0] == pytest.approx([1 / 3] * 3, abs=1e-6)
    assert await judge.relevance(*PAIR) == pytest.approx([0.5], abs=1e-6)
    assert len(model.history) == 3 + 2


async def test_relevance_to_a_query_is_another_question_than_to_a_reply():
    model = Scripted(option_scores={"yes": math.log(0.9), "no": math.log(0.1)})
    judge = JudgePairs(model)
    assert await judge.relevance(["I own a dog."], ["Any pets?"], to="query") == pytest.approx([0.9], abs=1e-6)
    assert await judge.relevance(["I own a dog."], ["Any pets?"], to="reply") == pytest.approx([0.9], abs=1e-6)
    asked = {call.messages[-1].content for call in model.history}
    assert len(asked) == 4  # two questions, two orders of yes and no


async def test_a_read_answer_counts_whole_and_is_asked_for_once():
    model = Reading(lambda options: "Confirmed.")
    assert (await JudgePairs(model).score(*PAIR)).tolist() == [[0.0, 0.0, 1.0]]
    assert len(model.history) == 1


async def test_an_unreadable_answer_is_asked_for_once_more_in_another_order():
    answers = iter(["Well, that depends.", "open"])
    model = Reading(lambda options: next(answers))
    assert (await JudgePairs(model).score(*PAIR)).tolist() == [[0.0, 1.0, 0.0]]
    first, second = (call.messages[-1].content for call in model.history)
    assert first != second


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Well, that depends.", "unparsed"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("", "empty"),
        (Completion("The statement, seen in the light of", stop="length"), "truncated"),
    ],
)
async def test_every_way_to_fail_keeps_its_name_and_the_other_pairs_keep_their_rows(answer, reason):
    model = Reading(lambda options: answer)

    class Half(Reading):
        async def logprobs(self, messages, options):
            self._says = (lambda _: "open") if "Good evening" in messages[-1].content else (lambda _: answer)
            return await super().logprobs(messages, options)

    with pytest.raises(PairsUnanswered, match=reason) as raised:
        await JudgePairs(Half(lambda _: "")).score(["I have no pets.", "Good evening."], ["I own a dog."] * 2)
    assert raised.value.reasons == {0: reason}
    assert raised.value.rows[1].tolist() == [0.0, 1.0, 0.0]
    assert "'I have no pets.'" in str(raised.value)
    assert isinstance(raised.value, BadResponse)
    with pytest.raises(PairsUnanswered):
        await JudgePairs(model).relevance(*PAIR)
    assert len(model.history) == 2


@pytest.mark.parametrize("error", [BadResponse("half an answer"), ContextOverflow("too long")])
async def test_an_error_of_one_pair_is_its_reason(error):
    class Broken(Scripted):
        async def logprobs(self, messages, options) -> OptionScores:
            raise error

    with pytest.raises(PairsUnanswered, match=f"failed: {error}"):
        await JudgePairs(Broken()).score(*PAIR)


async def test_a_wrong_key_is_no_matter_of_one_pair():
    class Closed(Scripted):
        async def logprobs(self, messages, options) -> OptionScores:
            raise AuthenticationFailed("bad key")

    with pytest.raises(AuthenticationFailed):
        await JudgePairs(Closed()).score(*PAIR)


async def test_it_opens_by_name_and_says_what_it_rests_on():
    judge = open_pair_scorer("judge/scripted/open")
    assert judge.name == "judge/scripted/open"
    assert judge.provenance["validity"] == "unmeasured"
    assert open_pair_scorer("judge/scripted/open", limit=3).limit == 3
    with pytest.raises(UsageError, match="judge/embedded"):
        open_pair_scorer("judge")
