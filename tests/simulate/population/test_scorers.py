"""Offline scorers order what they should, and say NaN where they have nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.models import ScriptedPairs
from personae.simulate.population import Similarity, Support, offline_scorers, score_all
from personae.simulate.population.scorers import politeness, toxicity

BY_NAME = {scorer.name: scorer.score for scorer in offline_scorers()}


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        ("length", "one two three", "one two"),
        ("sentiment", "What a wonderful, lovely day!", "What a horrible, miserable day!"),
        ("readability", "The cat sat. The dog ran.", "Institutional considerations necessitate deliberation."),
        ("politeness", "Could you please wait? Thank you.", "Wait."),
        ("toxicity", "You are a stupid worthless idiot.", "You are a careful reader."),
        ("informality", "I'm so in!! You?", "The committee met."),
        ("questions", "Why? How?", "Because."),
        ("social", "My friends and my family met their neighbours.", "Iron melts."),
        ("cognitive", "I think I know why, because I understand.", "Iron melts in fire."),
        ("long_words", "Considerable institutional pressure.", "A big old dog."),
    ],
)
def test_more_of_it_scores_higher(name, more, less):
    assert BY_NAME[name](more) > BY_NAME[name](less)


def test_there_are_ten():
    assert len(BY_NAME) == 10


def test_two_word_phrases_count():
    assert toxicity("just shut up") > 0
    assert politeness("Excuse me, where is it?") > politeness("Where is it?")


async def test_a_reply_without_words_has_no_score():
    scores = await score_all(offline_scorers(), ["Hi", "Hi"], ["Fine, thanks.", "…"])
    assert scores.shape == (2, 10)
    assert np.isfinite(scores[0]).all()
    assert np.isnan(scores[1]).all()


async def test_support_is_the_probability_of_entailment():
    pairs = ScriptedPairs(nli={("Trains are best.", "I like trains."): (0.1, 0.1, 0.8)})
    found = await Support(pairs, "I like trains.")(["?", "?"], ["Trains are best.", " "])
    assert found[0] == pytest.approx(0.8)
    assert math.isnan(found[1])


class Letters:
    name = "letters"

    def embed(self, texts):
        counts = np.array([[text.count("a"), text.count("b")] for text in texts], dtype=np.float32).reshape(-1, 2)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


async def test_similarity_is_to_the_prompt_or_to_a_text():
    found = await Similarity(Letters())(["aa", "aa"], ["a", "b"])
    assert found.tolist() == [1.0, 0.0]
    assert (await Similarity(Letters(), to="b")(["aa"], ["b"])).tolist() == [1.0]


async def test_prompts_and_replies_must_pair_up():
    with pytest.raises(UsageError, match="1 prompts and 2 replies"):
        await score_all(offline_scorers(), ["a"], ["b", "c"])


@pytest.mark.slow
async def test_the_embedded_models_order_replies_by_meaning_and_by_support():
    from personae.models import open_pair_scorer
    from personae.models.embedder import MiniLM

    near, far = "You could take the night train to Lisbon.", "Copper bends easily."
    like = await Similarity(MiniLM())(["How do I get to Lisbon by rail?"] * 2, [near, far])
    assert like[0] > like[1] + 0.3
    scorer = Support(open_pair_scorer("embedded"), "I love trains.")
    said = await scorer(["?", "?"], ["Trains are my great love.", "I cannot stand trains."])
    assert said[0] > said[1]
