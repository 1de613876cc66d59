"""Agreement by hand, the loop by script, and the levels inside a network beside what the network itself says."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.internal_consistency import InternalConsistency, agreement, decoding, latent, response, settle
from personae.measure.internal_consistency.levels import TopK, beneath
from personae.measure.internal_consistency.measure import Question, read_questions, read_short
from personae.measure.observing import observe_all
from personae.models import Cached, Scripted
from personae.models.ledger import Ledger, Metered
from personae.models.mixes import pick
from personae.persona.persona import Persona
from personae.types import Completion, Message, Settings

ASKED = (Message("user", "What is 2 + 2?"),)


@pytest.mark.parametrize(("answers", "share"), [("53333", 0.80), ("44344", 0.80), ("005444", 0.50)])
def test_agreement_is_as_published(answers, share):
    assert agreement(list(answers)).share == pytest.approx(share)


def test_entropy_is_that_of_the_counts():
    assert agreement(list("005444")).entropy == pytest.approx(
        -(2 / 6 * math.log(2 / 6) + 1 / 6 * math.log(1 / 6) + 3 / 6 * math.log(3 / 6))
    )
    assert agreement(["It is 4.", "4!"]).mode == "4"


def test_fewer_than_two_answers_are_a_reason():
    assert agreement(["4", None, " "]).reason == "1 answer; agreement needs 2"
    assert agreement([]).share is None


async def test_the_response_level_asks_with_seeds_that_follow():
    model = Scripted(["4", "4", "", Completion("4 or", stop="length"), "5"])
    found = await response(model, ASKED, Settings(seed=7), read_short, n=5)
    assert list(found.answers.values()) == ["4", "4", None, None, "5"]
    assert found.missing == {"empty": 1, "truncated": 1}
    assert [(call.settings.seed, call.settings.temperature) for call in model.history][:2] == [(7, 1.0), (8, 1.0)]


async def test_ways_a_model_does_not_offer_are_missing():
    model = Scripted(["4", "5", "4"])
    found = await decoding(model, ASKED, Settings(), read_short)
    assert dict(found.answers) == {"greedy": "4", "sample": "5", "top_p": "4"}
    assert found.missing == {"not_offered": 2}
    assert [call.settings.temperature for call in model.history] == [0.0, 1.0, 1.0]
    assert (await latent(Scripted([]), ASKED, ("4", "5"))).missing == {"not_offered": 1}


async def test_feedback_goes_on_while_agreement_rises():
    says = ["4", "5", "6", "7", *"4456", *"4445", *"4455"]
    model = Scripted(says)
    done = await settle(model, ASKED, Settings(), read_short, n=4, rounds=5)
    assert [one.share for one in done.agreements] == [0.25, 0.5, 0.75, 0.5]
    assert (done.best, done.after.mode, model.left) == (2, "4", 0)
    assert '"4" (2), "5" (1), "6" (1)' in model.history[8].messages[-1].content


async def test_feedback_stops_at_full_agreement_and_is_not_tried_without_answers():
    assert len((await settle(Scripted("44"), ASKED, Settings(), read_short, n=2)).rounds) == 1
    done = await settle(Scripted(["", ""]), ASKED, Settings(), read_short, n=2)
    assert (len(done.rounds), done.after.reason) == (1, "0 answers; agreement needs 2")


def measured(says, **fields):
    questions = (Question("sum", "2 + 2?", "4"), Question("taste", "Tea or coffee?"))
    measure = InternalConsistency(questions, samples=2, levels=("response",), **fields)
    plan = measure.plan(Persona(name="Ana"))
    seen = asyncio.run(observe_all(measure, Agent(Persona(name="Ana"), Scripted(says)), plan, at_once=1))
    return seen, {
        one.name.removeprefix("internal_consistency").lstrip("."): one for one in measure.summarise(plan, seen)
    }


def test_gains_are_counted_on_questions_with_a_right_answer_only():
    _, told = measured(["5", "4", "It is 4.", "4", "tea", "coffee", "tea", "tea"], rounds=1)
    assert (told[""].value, told["rise"].value) == (0.5, 0.5)
    assert (told["accuracy"].n, told["accuracy"].value, told["gain"].value) == (1, 0.0, 1.0)


def test_agreeing_on_what_is_wrong_gains_nothing():
    _, told = measured(["4", "5", "5", "5", "tea", "tea"], rounds=1)
    assert told["rise"].value == 0.25
    assert told["gain"].value == -1.0


def test_a_question_with_one_answer_has_no_value():
    seen, told = measured(["4", "", "tea", "tea"], rounds=0)
    assert (seen[0].outcome, seen[0].value) == ("empty", None)
    assert told[""].value is None
    assert told[""].details["uncovered"] == 1.0


def test_a_file_of_questions_is_read_strictly(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text("- {id: a, text: 'One?', gold: 1, options: [1, 2]}\n")
    assert read_questions(path) == (Question("a", "One?", "1", ("1", "2")),)
    for text in ("- {id: a}", "[]", "- {id: a, text: x}\n- {id: a, text: y}", "- {id: a, text: x, answer: y}"):
        path.write_text(text)
        with pytest.raises(FormatError):
            read_questions(path)
    with pytest.raises(UsageError, match="levels"):
        InternalConsistency(levels=("latent",))


def test_top_k_leaves_the_likeliest(tmp_path):
    scores = np.log(np.array([[0.1, 0.5, 0.15, 0.25]]))
    assert np.isfinite(TopK(2).scores(scores)).tolist() == [False, True, False, True]
    rng = np.random.default_rng(0)
    drawn = {pick(TopK(2).scores(scores), Settings(temperature=1, top_p=1), rng) for _ in range(50)}
    assert drawn == {1, 3}
    inner = Scripted(["4"])
    assert beneath(Metered(Cached(inner, tmp_path / "c.db"), Ledger())) is inner


@pytest.mark.slow
async def test_the_last_layer_says_what_the_network_says(tmp_path):
    import torch
    from stubs.tiny_llama import save

    from personae.models.hf import HfModel
    from personae.models.scoring import letters_prompt

    model = HfModel(save(tmp_path), threads=1)
    options = ("four", "five", "six")
    found = await latent(model, ASKED, options)
    network, tokenizer = model.loaded
    assert list(found.answers) == ["layer 1", "layer 2"]
    text = await model.prompt_text(letters_prompt(ASKED, options))
    with torch.inference_mode():
        logits = network(**tokenizer(text, return_tensors="pt", add_special_tokens=False)).logits[0, -1]
    letters = [tokenizer.convert_tokens_to_ids(letter) for letter in "ABC"]
    assert found.answers["layer 2"] == options[int(logits[letters].argmax())]

    ways = await decoding(model, ASKED, Settings(max_tokens=4), lambda text: text or None)
    assert set(ways.answers) == {"greedy", "sample", "top_p", "top_k", "beam"}
