"""Re-ranking: contradictions sink by the distance between the first and the k-th."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.agent.decoding import NLIRerank, select
from personae.errors import UsageError
from personae.models import ScriptedPairs
from personae.models.scripted import Scripted
from personae.types import Conversation

TEXTS = ["I have no pets.", "Pets are fine.", "My dog sleeps."]
PAIRS = {("I have no pets.", "I own a dog."): (0.8, 0.1, 0.1), ("Pets are fine.", "I own a dog."): (0.4, 0.5, 0.1)}


def base(context, persona, candidates):
    return [1.0, 0.7, 0.5][: len(candidates)]


async def test_a_contradiction_loses_its_share_of_the_distance_to_the_kth(ana, talk):
    choice = await select(talk, ana, TEXTS, NLIRerank(ScriptedPairs(PAIRS), base).rank)
    # 1.0 − 1 · (1.0 − 0.5) · 0.8; the second is no contradiction, for neutral is likelier
    assert [row.score for row in choice.table] == pytest.approx([0.6, 0.7, 0.5])
    assert [row.scores["contradiction"] for row in choice.table] == pytest.approx([0.8, 0, 0])
    assert choice.index == 1


async def test_the_kth_sets_the_distance(ana, talk):
    choice = await select(talk, ana, TEXTS, NLIRerank(ScriptedPairs(PAIRS), base, k=2).rank)
    assert choice.table[0].score == pytest.approx(1.0 - 0.3 * 0.8)
    assert choice.table[2].score is None
    assert "contradiction" not in choice.table[2].scores


async def test_with_a_weight_above_1_all_are_read(ana, talk):
    choice = await select(talk, ana, TEXTS, NLIRerank(ScriptedPairs(PAIRS), base, k=2, weight=3).rank)
    assert choice.table[0].score == pytest.approx(1.0 - 3 * 0.3 * 0.8)
    assert choice.table[2].score == pytest.approx(0.5)
    assert choice.index == 1


async def test_weight_0_and_a_persona_without_statements_are_the_base_ranking(ana, nobody, talk):
    scorer = ScriptedPairs(PAIRS)
    for persona, weight in ((ana, 0.0), (nobody, 1.0)):
        choice = await select(talk, persona, TEXTS, NLIRerank(scorer, base, weight=weight).rank)
        assert [row.score for row in choice.table] == [1.0, 0.7, 0.5]
    assert scorer.history == []


async def test_setting_aside_what_cannot_win_never_changes_the_choice(ana, talk):
    import random

    rng = random.Random(1)
    for _ in range(200):
        texts = [f"reply {number}" for number in range(6)]
        numbers = [rng.random() for _ in texts]
        pairs = {}
        for text in texts:
            c = rng.random()
            pairs[text, "I own a dog."] = (c, (1 - c) / 2, (1 - c) / 2)
        rerank = NLIRerank(ScriptedPairs(pairs), lambda *_, n=numbers: n, k=3, weight=rng.random())
        choice = await select(talk, ana, texts, rerank.rank)
        first, third = sorted(numbers, reverse=True)[0], sorted(numbers, reverse=True)[2]
        worst = [pairs[text, "I own a dog."][0] for text in texts]
        worst = [c if c > (1 - c) / 2 else 0 for c in worst]
        whole = [s - rerank.weight * (first - third) * c for s, c in zip(numbers, worst, strict=True)]
        assert choice.index == whole.index(max(whole))


async def test_as_a_decoder_it_prefers_the_reply_that_contradicts_nothing(ana, talk):
    pairs = ScriptedPairs({("I have no pets.", "I own a dog."): (1.0, 0.0, 0.0)})
    decode = NLIRerank(pairs, lambda c, p, texts: [1.0, 0.9, 0.1], n=3)
    model = Scripted(["I have no pets.", "My dog sleeps.", "Rain."])
    assert (await Agent(ana, model, decode=decode).reply(Conversation(talk))).message.content == "My dog sleeps."


def test_a_negative_weight_is_an_error():
    with pytest.raises(UsageError, match="weight"):
        NLIRerank(ScriptedPairs(), base, weight=-1)
