"""Preference pairs: what several judges of known reliability agree on, planted falsehoods, and the released samples."""

from __future__ import annotations

import ast
import json
import math
import random
import zipfile
from xml.etree import ElementTree

import pytest

from personae.errors import UsageError
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.train.preference_pairs import (
    AsJudge,
    Candidates,
    Implicit,
    PreferencePair,
    SelfVerification,
    agreed,
    outcomes,
    penalty,
    ranked,
    write_pairs,
)
from personae.types import Message

ASK = (Message("user", "Tell me about yourself."),)
ANA = Persona(name="Ana", statements=[{"id": "1", "text": "I mend nets."}, {"id": "2", "text": "I live in Faro."}])


class Sure:
    """Right with a known probability, independently of others; "good" is the better reply."""

    def __init__(self, right: float, seed: int) -> None:
        self.name, self._right, self._rng = f"right {right}", right, random.Random(seed)

    async def __call__(self, pair, /):
        better = 0.9 if pair.first == "good" else 0.1
        return better if self._rng.random() < self._right else 1 - better


async def test_two_independent_judges_keep_65_of_100_and_are_right_in_92():
    candidates = [Candidates(ASK, *(("good", "bad") if n % 2 else ("bad", "good"))) for n in range(20_000)]
    found = await agreed(candidates, [Sure(0.8, 1), Sure(0.75, 2)])
    assert found.kept == pytest.approx(0.8 * 0.75 + 0.2 * 0.25, abs=0.01)  # .65
    right = sum(pair.chosen == "good" for pair in found.pairs) / len(found.pairs)
    assert right == pytest.approx(0.6 / 0.65, abs=0.01)  # .923
    assert found.agreement == found.kept
    assert found.warning is None


class Says:
    def __init__(self, *ps) -> None:
        self.name, self._ps = f"says {ps}", iter(ps)

    async def __call__(self, pair, /):
        return next(self._ps)


async def test_what_is_not_agreed_too_close_or_not_judged_is_counted():
    pairs = [Candidates(ASK, "a", "b")] * 4
    found = await agreed(pairs, [Says(0.9, 0.9, 0.55, None), Says(0.2, 0.7, 0.6, 0.9)])
    assert [(pair.chosen, pair.rejected) for pair in found.pairs] == [("a", "b")]
    assert found.missing == {"the rewards disagree": 1, "too close to call": 1, "not judged": 1}
    assert (found.kept, found.agreement) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


async def test_hardly_any_agreement_is_warned_of():
    pairs = [Candidates(ASK, "a", "b")] * 20
    found = await agreed(pairs, [Says(*[0.9] * 20), Says(*[0.1] * 19, 0.9)])
    assert "only 1 of 20" in found.warning
    with pytest.raises(UsageError, match="two or more"):
        await agreed(pairs, [Says()])


async def test_a_judge_that_follows_the_place_is_of_no_opinion():
    pair = Candidates(ASK, "a", "b")
    stuck = Scripted(option_scores={"[[A]]": math.log(0.8), "[[B]]": math.log(0.2)})
    assert await AsJudge(stuck)(pair) == pytest.approx(0.5)

    def reads(messages, options):
        first = messages[-1].content.split('side="A">\n')[1].startswith("a")
        return [math.log(0.8 if first == (option == "[[A]]") else 0.2) for option in options]

    assert await AsJudge(Scripted(option_scores=reads))(pair) == pytest.approx(0.8)


async def test_the_implicit_reward_is_the_logistic_of_what_training_moved():
    policy = Scripted(option_scores={"a": -3.0, "b": -9.0})
    reference = Scripted(option_scores={"a": -5.0, "b": -6.0})
    found = await Implicit(policy, reference, beta=0.1)(Candidates(ASK, "a", "b"))
    assert found == pytest.approx(1 / (1 + math.exp(-0.1 * (6 - 1))))


def test_the_penalty_grows_with_disagreement_and_with_doubt():
    assert penalty([0.9, 0.9], 0) == pytest.approx(0)
    mean = 0.5
    apart = sum(mean * math.log(mean / p) + mean * math.log(mean / (1 - p)) for p in (0.9, 0.1)) / 2
    assert penalty([0.9, 0.1], 1.0) == pytest.approx(apart + math.log(2))
    assert math.isfinite(penalty([1.0, 0.0]))


def checker(false: set[str]) -> Scripted:
    """Lists every sentence as a claim, and knows which are false."""

    def says(messages) -> str:
        if "JSON list" in messages[0].content:
            return json.dumps([each.strip() + "." for each in messages[-1].content.split(".") if each.strip()])
        claim = messages[-1].content.rsplit("Claim: ", 1)[1]
        return "No." if claim in false else "yes"

    return Scripted(says)


async def test_planted_false_claims_put_the_replies_in_order_every_time():
    true = ["I mend nets.", "I live in Faro.", "I am Ana."]
    false = ["I fly planes.", "I live in Oslo.", "I am Rui."]
    rng, results = random.Random(4), []
    for _ in range(40):
        good, bad = rng.sample(true, 3), [*rng.sample(true, 1), *rng.sample(false, 2)]
        replies = [" ".join(bad), " ".join(good)]
        rng.shuffle(replies)
        results.append(await SelfVerification(checker(set(false)))(ANA, ASK, replies))
        assert results[-1].pair.chosen == " ".join(good)
        assert results[-1].pair.about["scores"] == [3, -1]
    assert outcomes(results) == {"pair": 40}


async def test_each_claim_is_asked_about_against_the_card_and_the_talk():
    model = checker(set())
    talk = (Message("user", "My boat is blue."), Message("assistant", "Nice.", name="Ana"), *ASK)
    await SelfVerification(model)(ANA, talk, ["I mend nets.", "I live in Faro."])
    asked = model.history[-1].messages[-1].content
    assert "I mend nets." in asked
    assert "User: My boat is blue." in asked
    assert "Ana: Nice." in asked


@pytest.mark.parametrize(
    ("replies", "model", "why"),
    [
        (["I mend nets.", "I live in Faro."], checker(set()), "no two replies are 2 apart"),
        (["I mend nets.", "I fly."], Scripted(lambda _: "I cannot say."), "fewer than two replies"),
        (["I fly. I sing.", "I mend nets and sails in the old harbour of Faro. I am Ana of Faro."],
         checker({"I fly.", "I sing."}), "differ too much in length"),
    ],
)  # fmt: skip
async def test_without_a_clear_order_there_is_no_pair_but_a_reason(replies, model, why):
    found = await SelfVerification(model)(ANA, ASK, replies)
    assert found.pair is None
    assert why in found.reason


async def test_answers_that_are_none_of_the_three_are_counted_and_no_verdict():
    def says(messages) -> str:
        return '["One thing."]' if "JSON list" in messages[0].content else "Maybe yes, maybe no"

    found = await SelfVerification(Scripted(says))(ANA, ASK, ["a b", "c d"])
    assert found.missing == {"reply without a score": 2, "answer unread": 2}
    assert found.pair is None
    with pytest.raises(UsageError):
        await SelfVerification(Scripted(says))(ANA, ASK, ["same", "same "])


async def test_the_reply_the_others_bear_out_is_chosen():
    found = await ranked(["I own a dog.", "I own a dog.", "I own a dog!", "I own a zebra."])
    pair = found.pair(ASK)
    assert (pair.chosen, pair.rejected) == ("I own a dog.", "I own a zebra.")
    assert (await ranked(["Yes."] * 3)).pair(ASK) is None
    with pytest.raises(UsageError):
        await ranked(["One.", "Two.", " "])


@pytest.mark.slow
async def test_the_best_of_20_released_samples_scores_7_58_against_8_01_blindly(data_dir):
    cell, row, text = (
        f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{tag}" for tag in ("c", "row", "t")
    )
    with zipfile.ZipFile(data_dir / "selfcheck" / "wiki_bio_gpt3_hallucination.xlsx") as book:
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    table = [["".join(t.text or "" for t in c.iter(text)) for c in each.iter(cell)] for each in tree.iter(row)]
    column = table[0].index("gpt3_text_samples")
    found = [await ranked(ast.literal_eval(each[column])) for each in table[1:]]
    assert len(found) == 238
    assert sum(each.best[0] for each in found) / 238 == pytest.approx(7.58, abs=0.05)
    assert sum(each.mean for each in found) / 238 == pytest.approx(8.01, abs=0.05)


def test_rows_are_what_trl_reads(tmp_path):
    pair = PreferencePair(ASK, "I mend nets.", "I fly.", {"by": "test"})
    write_pairs([pair], tmp_path / "pairs.jsonl")
    (row,) = map(json.loads, (tmp_path / "pairs.jsonl").read_text().splitlines())
    assert row == {
        "prompt": [{"role": "user", "content": "Tell me about yourself."}],
        "chosen": [{"role": "assistant", "content": "I mend nets."}],
        "rejected": [{"role": "assistant", "content": "I fly."}],
    }
    write_pairs([pair], tmp_path / "pairs.jsonl", about=True)
    assert json.loads((tmp_path / "pairs.jsonl").read_text())["about"] == {"by": "test"}
    for wrong in (("", "b"), ("a", "a")):
        with pytest.raises(UsageError):
            PreferencePair(ASK, *wrong)
