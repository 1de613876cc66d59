"""The self-check scorers against hand arithmetic; the measure with a scripted persona."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.observing import observe_all
from personae.measure.self_check import (
    Asked,
    Nearness,
    Nli,
    Passage,
    SelfCheck,
    SemanticUnigram,
    Unigram,
    average_precision,
    min_max,
    quality,
    triangulate,
)
from personae.measure.self_check.measure import read_questions
from personae.measure.self_check.named import NAMES, scorer_named
from personae.models import Scripted, ScriptedPairs
from personae.persona.persona import Persona
from personae.types import Settings

DOG = Passage.of("I own a dog. I own a boat.", ["I own a dog."] * 3)


class Words:
    """An embedder of words: each its own axis, except the synonyms."""

    name = "words"
    axes = ("dog", "boat", "ship", "i", "own", "a", ".")

    def embed(self, texts):
        rows = np.zeros((len(texts), len(self.axes)), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            said = text.lower().replace(".", " . ").split()
            for word in said:
                row[self.axes.index("boat" if word == "ship" else word)] += 1
            row /= np.linalg.norm(row)
        return rows


async def test_a_word_no_sample_has_is_the_surprise_of_its_sentence():
    scores = await Unigram()(DOG)
    # 15 tokens, 5 types: (3 + 1) / (15 + 6) for every word of the first, (0 + 1) / 21 for "boat"
    assert scores.values == pytest.approx([-math.log(4 / 21), -math.log(1 / 21)])
    assert scores.passage == pytest.approx(-math.log(4 / 21) / 2 - math.log(1 / 21) / 2)


async def test_the_published_form_counts_the_passage_and_adds_nothing():
    scores = await Unigram.published()(DOG)
    # 15 + 10 tokens: "dog" 4, "boat" 1
    assert scores.values == pytest.approx([-math.log(4 / 25), -math.log(1 / 25)])


def test_an_unsmoothed_unigram_without_the_passage_is_refused():
    with pytest.raises(UsageError, match="k is 0"):
        Unigram(k=0)


async def test_words_of_near_meaning_share_their_counts():
    passage = Passage.of("I own a ship.", ["I own a boat.", "I own a dog."])
    plain, shared = await Unigram()(passage), await SemanticUnigram(Words())(passage)
    assert plain.values == pytest.approx([-math.log(1 / (10 + 7))])
    assert shared.values == pytest.approx([-math.log((1 + 1) / (10 + 7))])


async def test_nearness_takes_the_best_sentence_of_each_sample():
    scores = await Nearness(Words())(Passage.of("Dog.", ["Boat. Dog.", "Boat."]))
    # cosines of ("dog", ".") with ("boat", ".") are 1/2, with itself 1
    assert scores.values == pytest.approx([1 - (1 + 0.5) / 2])


async def test_nli_drops_what_is_neutral():
    pairs = ScriptedPairs({("Yes.", "I own a dog."): (0.1, 0.6, 0.3), ("No.", "I own a dog."): (0.6, 0.2, 0.2)})
    scores = await Nli(pairs)(Passage.of("I own a dog.", ["Yes.", "No."]))
    assert scores.values == pytest.approx([(0.25 + 0.75) / 2])


async def test_a_sentence_the_pair_scorer_cannot_read_has_no_number():
    pairs = ScriptedPairs(otherwise=(0.5, 0.0, 0.5))
    scorer = Nli(pairs, lambda text: "not English" if "ich" in text else None)
    scores = await scorer(Passage.of("Was ich sehe. What I see.", ["a", "b"]))
    assert scores.values == (None, 0.5)
    assert scores.missing == {"unread": 1}


async def test_a_model_says_yes_no_or_neither_and_failures_are_left_out():
    model = Scripted(["Yes.", "No, it is not.", "Perhaps.", ""])
    scores = await Asked(model)(Passage.of("I own a dog.", ["a", "b", "c", "d"]))
    assert scores.values == pytest.approx([(0 + 1 + 0.5) / 3])
    assert scores.missing == {"neither": 1, "empty": 1}
    assert "<item>\nI own a dog.\n</item>" in model.history[0].messages[-1].content


async def test_a_thinking_model_is_read_at_its_end():
    model = Scripted(["No mention of a cat, but a dog. Answer: Yes", "Yes? It is a cat.\nAnswer: **No**"])
    scores = await Asked(model, thoughts=True)(Passage.of("I own a dog.", ["a", "b"]))
    assert scores.values == (0.5,)


async def test_fewer_than_two_samples_is_a_reason():
    passage = Passage.of("I own a dog.", ["A dog.", "  "])
    assert passage.reason == "1 sample(s) to check it against; give 2 or more"
    with pytest.raises(UsageError, match="1 sample"):
        await Unigram()(passage)
    assert Passage.of(" \n", ["a", "b"]).reason == "the reply has no sentence to check"


def test_blank_sentences_are_skipped_and_counted():
    passage = Passage.of(["I own a dog.", " "], ["a", "b"])
    assert passage.sentences == ("I own a dog.",)
    assert passage.blank == {"blank_sentence": 1}


def test_scorers_join_by_the_sum_of_their_z_scores():
    one, other = [[1.0, 2.0], [3.0]], [[30.0, 20.0], [10.0]]
    assert triangulate(one, one) == [pytest.approx([-math.sqrt(6), 0.0]), pytest.approx([math.sqrt(6)])]
    assert np.hstack(triangulate(one, other)) == pytest.approx([0, 0, 0])
    assert triangulate([[1.0, None, 2.0]], [[1.0, 5.0, 3.0]])[0][1] is None
    with pytest.raises(UsageError, match="all the same"):
        min_max([[2.0], [2.0]])
    with pytest.raises(UsageError, match="same passages"):
        triangulate([[1.0]], [[1.0, 2.0]])


def test_equal_scores_are_taken_together():
    # all four equal: precision is the share of positives, however they stand
    assert average_precision([1, 1, 1, 1], [True, False, False, True]) == 0.5
    # 1 of 1, then 2 of 3: (1 + 2/3) / 2
    assert average_precision([3, 2, 2], [True, False, True]) == pytest.approx(5 / 6)


def test_quality_counts_only_mixed_passages_for_the_starred_number():
    table = [[0.9, 0.1], [0.8, 0.7]]
    labels = [["major_inaccurate", "accurate"], ["major_inaccurate", "major_inaccurate"]]
    nonfact, starred, factual, r = quality(table, labels)
    assert (nonfact.value, starred.n, factual.value, r.value) == (1.0, 2, 1.0, 1.0)
    assert nonfact.details["floor"] == 0.75
    with pytest.raises(UsageError, match="'wrong' is none"):
        quality([[0.1]], [["wrong"]])
    assert quality([[0.1, 0.2]], [["accurate", "accurate"]])[0].reason == "all sentences have the same label"


def test_scorers_are_known_by_name():
    assert scorer_named("unigram_published").name in NAMES
    with pytest.raises(UsageError, match="asks a model"):
        scorer_named("prompt")
    with pytest.raises(UsageError, match="known are unigram"):
        scorer_named("bertscore")


def observed(says, **fields):
    measure = SelfCheck(n=2, samples=3, **fields)
    persona = Persona(name="Ana", statements=({"id": "d", "text": "I own a dog."}, {"id": "n", "text": "I mend nets."}))
    agent = Agent(persona, Scripted(says), settings=Settings(max_tokens=50, seed=5))
    plan = measure.plan(persona)
    found = asyncio.run(observe_all(measure, agent, plan, at_once=1))
    return agent, found, measure.summarise(plan, found)


def test_a_persona_that_repeats_itself_is_borne_out_more_than_one_that_invents():
    _, _, (same,) = observed(lambda messages: "I mend nets in Faro.")
    count = iter(range(100))
    agent, seen, (invented,) = observed(lambda messages: f"I mend nets in town{next(count)}.")
    assert same.value < invented.value
    assert invented.details["least_borne_out"][0]["sentence"] == seen[0].text
    seeds = [call.settings.seed for call in agent.model.history]
    assert seeds == [5, 6, 7, 8] * 2
    assert [call.settings.temperature for call in agent.model.history][:2] == [0.7, 1.0]


def test_the_card_may_stand_for_samples_and_nothing_is_asked_again():
    agent, _, (number,) = observed(["I own a dog.", "I own a yacht."], against="card")
    assert len(agent.model.history) == 2
    # two facts, 9 tokens, 7 types: the rarest word of the one stands once, of the other never
    assert number.value == pytest.approx((-math.log(2 / 17) - math.log(1 / 17)) / 2)


def test_resamples_that_come_to_nothing_are_counted():
    _, seen, (number,) = observed(["I own a dog.", "", "", "A dog.", "", "", "", ""])
    assert [one.outcome for one in seen] == ["empty", "empty"]
    assert seen[0].data["lost"] == {"empty": 2}
    assert number.value is None


def test_questions_of_a_user_are_read_strictly(tmp_path):
    path = tmp_path / "questions.yaml"
    path.write_text("- {id: a, text: Where?}\n- {id: a, text: When?}\n")
    with pytest.raises(FormatError, match="no list of questions"):
        read_questions(path)
    path.write_text("- {id: a, text: Where?}\n")
    assert read_questions(path) == (("a", "Where?"),)
