"""Statistics of speakers, by hand; and real talk against the same talk shuffled."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from personae import run
from personae.measure.chat_statistics import (
    ChatMessage,
    Labels,
    PairLabels,
    chat_statistics,
    of_speaker,
    taken_up,
)
from personae.models import ScriptedPairs
from personae.models.embedder import MiniLM
from personae.models.pairs.cosine import cosine_relevance


def talk(n, **labels):
    """Ana and Rui by turns; `labels` give lists that hold for both, message by message of each."""
    chat = tuple(ChatMessage(who, "one two three", 60.0 * at) for at in range(n) for who in ("Ana", "Rui"))
    told = [Labels(**{name: values[at] for name, values in labels.items()}) for at in range(n) for _ in range(2)]
    return chat, told


def numbers(chat, told, who="Ana"):
    return {one.name: one for one in of_speaker(chat, told, who)}


def test_four_equal_labels_have_the_entropy_of_four_and_one_has_none():
    four = numbers(*talk(20, emotion=["joy", "fear", "anger", "love"] * 5))
    assert round(four["emotion_diversity"].value, 4) == 1.3863
    assert four["emotion_diversity"].details["counts"] == {"joy": 5, "fear": 5, "anger": 5, "love": 5}
    assert numbers(*talk(20, emotion=["joy"] * 20))["emotion_diversity"].value == 0.0


def test_alternating_signs_are_unstable_and_constant_ones_stable():
    assert numbers(*talk(20, sign=[1, -1] * 10))["sentiment_stability"].value == 0.0
    steady = numbers(*talk(20, sign=[1] * 20))
    assert (steady["sentiment_stability"].value, steady["sentiment_stability"].n) == (1.0, 19)
    assert steady["sentiment_diversity"].value == 0.0
    gap = numbers(*talk(20, sign=[1] * 10 + [None] + [1] * 9))["sentiment_stability"]
    assert (gap.value, gap.n, gap.missing) == (1.0, 17, {"unlabelled": 1})


def test_shares_and_means_are_over_own_messages():
    found = numbers(*talk(20, reflective=[True] * 5 + [False] * 15, empathy=[5.0, 0.0] * 10, intimacy=[0.5] * 20))
    assert (found["reflective"].value, found["empathy"].value, found["intimacy"].value) == (0.25, 2.5, 0.5)
    assert found["length"].value == 3.0
    assert found["grounding"].value is None
    assert found["grounding"].missing == {"unlabelled": 19}


def test_fewer_than_twenty_messages_give_a_reason():
    found = numbers(*talk(19, sign=[1] * 19))
    assert {one.reason for one in found.values()} == {"19 messages of Ana; 20 are needed"}


def test_swapping_speakers_swaps_the_rows():
    rng = random.Random(1)
    chat = [ChatMessage(who, "word " * rng.randint(1, 9), 10.0 * at) for at in range(40) for who in ("Ana", "Rui")]
    told = [
        Labels(rng.choice("abc"), rng.choice((-1, 0, 1)), rng.random() < 0.5, rng.random(), 0.1, rng.random() < 0.5)
        for _ in chat
    ]
    swap = {"Ana": "Rui", "Rui": "Ana"}
    other = [ChatMessage(swap[one.speaker], one.text, one.at) for one in chat]
    for who in swap:
        assert of_speaker(chat, told, who) == of_speaker(other, told, swap[who])


def test_delay_is_the_median_and_time_that_runs_back_is_counted():
    chat = []
    for at in range(20):
        chat += [ChatMessage("Rui", "x", 100.0 * at), ChatMessage("Ana", "y", 100.0 * at + (10 if at else -5))]
    found = numbers(chat, [Labels()] * 40)["delay"]
    assert (found.value, found.n, found.missing) == (10.0, 19, {"back in time": 1})
    silent = [ChatMessage(one.speaker, one.text) for one in chat]
    assert numbers(silent, [Labels()] * 40)["delay"].reason == "no reply has a time"


def test_labels_come_from_statements_and_say_by_whom():
    says = ScriptedPairs(
        {
            ("What a day, I could sing.", "I am happy."): (0, 0.1, 0.9),
            ("What a day, I could sing.", "I trust you."): (0, 0.1, 0.9),
            ("I keep asking myself why.", "I have thought about myself."): (0, 0.2, 0.8),
            ("I keep asking myself why.", "I feel with you."): (0, 0.5, 0.5),
        },
        relevant={("What a day, I could sing.", "I keep asking myself why."): 0.7},
    )
    chat = (
        ChatMessage("Ana", "What a day, I could sing."),
        ChatMessage("Rui", "I keep asking myself why."),
        ChatMessage("Ana", "今日はいい天気ですね"),
    )
    glad, asking, foreign = run(PairLabels(says).label(chat))
    assert (glad.emotion, glad.reflective, glad.grounded) == ("joy", False, None)
    assert glad.intimacy == pytest.approx(0.3)
    assert (asking.emotion, asking.reflective, asking.grounded) == ("neutral", True, True)
    assert asking.empathy == pytest.approx(0.5)
    assert foreign.reason
    assert foreign.emotion is None


def test_a_classifier_of_yours_is_named_in_the_result():
    class Always:
        name = "mine"

        async def label(self, chat):
            return [Labels(emotion="joy") for _ in chat]

    chat, _ = talk(20)
    found = run(chat_statistics(chat, Always()))
    assert list(found) == ["Ana", "Rui"]
    first = found["Ana"][0]
    assert (first.value, first.details["labels"]) == (0.0, "mine")
    assert found["Ana"][4].reason == "the classifier does not tell this of any message"


class Nearness:
    """Relevance as our scorer reads it, every text embedded once."""

    name, provenance = "minilm", {}

    def __init__(self):
        self.known = {}

    def embed(self, texts):
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known |= zip(new, MiniLM(threads=1).embed(new), strict=True)
        return np.stack([self.known[text] for text in texts])

    async def relevance(self, statements, texts, *, to="reply"):
        return cosine_relevance(self, statements, texts, to=to)


@pytest.mark.slow
def test_grounding_falls_when_the_turns_are_shuffled(data_dir):
    near = Nearness()
    for talk in json.loads((data_dir / "locomo" / "locomo_first5.json").read_text()):
        said = talk["conversation"]
        turns = [turn for at in range(1, 100) for turn in said.get(f"session_{at}", ())]
        chat = [ChatMessage(turn["speaker"], turn["text"]) for turn in turns if turn["text"].strip()][:100]
        mixed = random.Random(0).sample(chat, len(chat))
        real, shuffled = (run(taken_up(one, range(len(one)), near)) for one in (chat, mixed))
        assert np.mean(list(real.values())) > np.mean(list(shuffled.values())) + 0.2
