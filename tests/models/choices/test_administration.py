"""Many questions: rotation takes a taste for the place out of the accuracy, and into a report."""

from __future__ import annotations

import pytest
from stubs.choosers import Chooser, by_text, first

from personae.errors import AuthenticationFailed, BadResponse, UsageError
from personae.models import Scripted
from personae.models.choices import Mcq, administer
from personae.types import Message

WORDS = ["elm", "oak tree", "a lone pine", "the old willow", "a row of poplars"]


def questions(n: int = 20, k: int = 4) -> list[Mcq]:
    """Each context names its answer, the gold option; the longest option is right in 1 of k."""
    return [
        Mcq(
            f"q{i}",
            "Under which tree?",
            tuple(WORDS[:k]),
            gold=i % k,
            context=f"Rain fell. The answer is {WORDS[i % k]}.",
        )
        for i in range(n)
    ]


@pytest.mark.parametrize("way", ["letters", "spoken", "whole"])
@pytest.mark.parametrize("k", [2, 3, 4, 5])
async def test_a_model_that_reads_is_right_wherever_the_options_stand(way, k):
    for seed in (0, 1):
        done = await administer(Chooser(by_text), questions(k=k), way, seed=seed)
        assert done.measurements()[0].value == 1.0
        assert not done.places.biased
        assert {len(one.answers) for one in done.asked} == {k}


@pytest.mark.parametrize("way", ["letters", "spoken"])
@pytest.mark.parametrize("k", [2, 4, 5])
async def test_a_model_that_always_says_a_is_right_by_chance_and_found_out(way, k):
    done = await administer(Chooser(first), questions(k=k), way)
    assert done.measurements()[0].value == pytest.approx(1 / k)
    assert done.places.biased
    assert done.places.picked_test.p < 0.001
    assert done.places.gold_test.p == pytest.approx(1.0)
    assert all(one.shares == pytest.approx((1 / k,) * k) for one in done.asked)


async def test_with_many_options_always_a_stays_within_two_standard_errors_of_chance():
    trees = tuple(f"tree {i}" for i in range(8))
    asked = [Mcq(f"q{i}", "Which?", trees, gold=i % 8) for i in range(200)]
    done = await administer(Chooser(first), asked, "spoken")
    accuracy = done.measurements()[0].value
    assert abs(accuracy - 1 / 8) <= 2 * (1 / 8 * 7 / 8 / 1000) ** 0.5
    assert done.places.biased


async def test_equal_options_earn_what_chance_would():
    done = await administer(Scripted(), questions(), "letters")
    number = done.measurements()[0]
    assert number.value == pytest.approx(0.25)
    assert number.details["mean_rank"] == pytest.approx(2.5)
    assert number.details["brier"] == pytest.approx(0.1875)


async def test_the_floor_is_what_the_options_give_away():
    done = await administer(Chooser(by_text), questions(), "spoken", floor=True)
    accuracy, floor, gain = done.measurements("trees")
    assert (accuracy.name, floor.name, gain.name) == ("trees", "trees.floor", "trees.gain")
    assert accuracy.value == 1.0
    assert floor.value == pytest.approx(0.25)
    assert gain.value == pytest.approx(0.75)
    assert gain.details["p"] < 0.001


async def test_a_context_that_is_too_long_is_cut_from_the_left_and_reported():
    long = Mcq("long", "Which?", ("elm", "oak tree"), gold=1, context="rain " * 500 + "The answer is oak tree.")
    short = Mcq("short", "Which?", ("elm", "oak tree"), gold=0, context="The answer is elm.")
    model = Chooser(by_text, longest=120)
    done = await administer(model, [long, short], "spoken")
    number = done.measurements()[0]
    assert number.value == 1.0
    cut = number.details["cut_words"]
    assert set(cut) == {"long"}
    assert 505 - 120 < cut["long"] < 505
    assert "… rain" in max(model.prompts, key=len)


async def test_the_context_may_be_limited_for_models_that_cut_in_silence():
    model = Chooser(by_text)
    mcq = Mcq("q", "Which?", ("elm", "oak tree"), gold=1, context="rain " * 50 + "The answer is oak tree.")
    done = await administer(model, [mcq], "spoken", context_words=10)
    assert done.cut == {"q": 45}
    assert done.asked[0].shares == (0.0, 1.0)


async def test_a_prompt_too_long_without_any_context_is_a_failure_of_that_question():
    heavy = Mcq("heavy", "Which?", ("elm", "oak tree"), gold=0, before=(Message("system", "word " * 500),))
    done = await administer(Chooser(by_text, longest=120), [heavy, *questions(9, k=2)], "spoken")
    assert done.missing == {"failed": 1}
    assert done.measurements()[0].n == 9


async def test_unanswered_questions_are_counted_and_too_many_leave_no_value():
    replies = iter(["(a)", "[[B]]"] * 8 + ["no idea"] * 4)
    done = await administer(Scripted(lambda _: next(replies)), questions(10, k=2), "spoken", limit=1)
    number = done.measurements()[0]
    assert number.value is None
    assert number.missing == {"unparsed": 2}
    assert number.reason == "8 of 10 questions were answered; 90% are needed"


async def test_a_question_answered_in_some_orders_only_is_reported_as_incomplete():
    replies = iter(["A", "hm", *["A", "B"] * 9])
    done = await administer(Scripted(lambda _: next(replies)), questions(10, k=2), "spoken", limit=1)
    number = done.measurements()[0]
    assert number.missing == {}
    assert number.details["incomplete"] == 1


async def test_a_broken_answer_costs_one_order_and_a_wrong_key_everything():
    done = await administer(Scripted([BadResponse("HTML"), "A"]), questions(1, k=2), "spoken")
    assert [answer.outcome for answer in done.asked[0].answers] == ["failed", "answered"]
    with pytest.raises(AuthenticationFailed):
        await administer(Scripted([AuthenticationFailed("401")]), questions(1, k=2), "spoken")


async def test_questions_without_a_gold_option_give_shares_and_no_accuracy():
    liked = Mcq("like", "I enjoy parties.", ("very true", "not true"))
    done = await administer(Chooser(first), [liked], "spoken")
    assert done.asked[0].shares == (0.5, 0.5)
    assert done.identification is None
    assert done.measurements()[0].reason == "no question has a gold option"


async def test_each_question_is_told_as_it_ends_and_results_keep_their_order():
    seen: list[str] = []
    done = await administer(
        Chooser(by_text), questions(12), "spoken", limit=3, progress=lambda one: seen.append(one.mcq.id)
    )
    assert sorted(seen) == sorted(one.mcq.id for one in done.asked)
    assert [one.mcq.id for one in done.asked] == [f"q{i}" for i in range(12)]


async def test_the_calls_are_those_of_the_orders_and_one_to_learn_the_method():
    model = Chooser(by_text)
    await administer(model, questions(5), "letters")
    assert len(model.scored) == 5 * 4 + 1


@pytest.mark.parametrize("bad", [[], [questions(1)[0]] * 2])
async def test_no_questions_or_equal_ids_are_an_error(bad):
    with pytest.raises(UsageError):
        await administer(Scripted(), bad)


@pytest.mark.slow
async def test_the_embedded_model_answers_by_letters_and_its_taste_for_places_is_reported():
    from personae.models import open_model

    mcqs = [
        Mcq("sky", "Which colour has a clear sky at noon?", ("blue", "brown", "black"), gold=0),
        Mcq("dog", "Which of these barks?", ("a fish", "a dog", "a tree"), gold=1),
        Mcq("ice", "Which of these is cold?", ("fire", "lava", "ice"), gold=2),
    ]
    done = await administer(open_model("embedded"), mcqs, limit=1)
    assert done.measurements()[0].value is not None
    assert done.measurements()[0].details["methods"] == ["letters"]
    assert sum(done.places.picked[3]) == pytest.approx(3)
