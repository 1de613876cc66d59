"""The published score by code, its cases by hand, and what gold-word recall accepts of wrong answers."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.measure.answer_scores import GoldAnswer, accepted_by_words, gold_word_recall, lexical_score, token_f1
from personae.measure.answer_scores.judging import words_agree
from personae.measure.answer_scores.lexical import answer_words


@pytest.mark.parametrize(
    ("said", "gold", "code", "score"),
    [
        ("She went to the, cafe", "cafe and a park", 4, 0.3333),
        ("7 May 2023", "on May 7, 2023", 2, 0.8571),
        ("hiking, cooking", "Cooking, skiing, hiking", 1, 0.6667),
        ("hiking and cooking", "Cooking, skiing, hiking", 1, 0.4444),
        ("Paris", "Paris; she loves bridges", 3, 1.0),
        ("Paris", "Paris; she loves bridges", 4, 0.4),
        ("No information available.", "a red bike", 5, 1.0),
        ("It is Not Mentioned anywhere", "", 5, 1.0),
        ("a red bike", "a red bike", 5, 0.0),
        ("", "Rome", 4, 0.0),
    ],
)
def test_scores_are_those_worked_out_by_hand(said, gold, code, score):
    assert lexical_score(said, gold, code) == pytest.approx(score, abs=5e-5)


def test_a_comma_is_deleted_before_words_are_cut_and_parts_are_cut_before_that():
    assert answer_words("red,blue") == ["redblu"]
    assert lexical_score("red,blue", "blue,red", 1) == 1.0
    assert token_f1("red,blue", "blue,red") == 0.0


def test_recall_forgives_what_is_said_besides():
    assert gold_word_recall("It was in May, in Rome, I think", "Rome, May") == 1.0
    assert gold_word_recall("Rome Rome", "Rome Rome Paris") == 0.5


def test_a_gold_without_words_and_an_unknown_code_are_errors():
    with pytest.raises(UsageError, match="no word to look for"):
        lexical_score("x", "the, a", 4)
    with pytest.raises(UsageError, match="6 is no code"):
        lexical_score("x", "x", 6)


def locomo_golds(data_dir):
    conversations = json.loads((data_dir / "locomo" / "locomo_first5.json").read_text("utf-8"))
    return [
        GoldAnswer(str(place), str(number), row["question"], str(row["answer"]), row["category"])
        for number, conversation in enumerate(conversations)
        for place, row in enumerate(conversation["qa"])
        if row["category"] != 5
    ]


def test_gold_word_recall_accepts_a_third_of_wrong_dates_and_hardly_anything_else(data_dir):
    counts = accepted_by_words(locomo_golds(data_dir))
    assert counts["all"][1] == 754
    rates = {code: 100 * yes / of for code, (yes, of) in counts.items()}
    assert rates["all"] == pytest.approx(9.4, abs=0.2)
    assert [rates[code] for code in (1, 2, 3, 4)] == pytest.approx([1.4, 36.7, 0.0, 3.4], abs=0.2)


def test_comparing_dates_refuses_most_of_the_wrong_ones(data_dir):
    yes, of = accepted_by_words(locomo_golds(data_dir), words_agree)[2]
    assert of == 150
    assert yes / of < 0.15
