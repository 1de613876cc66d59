"""Overlap, diversity, repetition and retrieval, held to hand counts and published figures."""

from __future__ import annotations

import csv

import pytest

from personae.errors import UsageError
from personae.metrics.diversity import distinct, ead
from personae.metrics.overlap import best_f1, unigram_f1
from personae.metrics.repetition import longest_repeat, repetition_between, repetition_within
from personae.metrics.retrieval import hits_at, mean_reciprocal_rank, rank, recall_at
from personae.metrics.text import sentences, syllables, tokenise


def released(data_dir, name):
    folder = data_dir / "lmedr-outputs"
    if not folder.is_dir():
        pytest.skip("no lmedr-outputs")
    with (folder / f"persona_{name}.tsv").open(encoding="utf-8") as file:
        return [row["response"] for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize(
    ("name", "f1", "one", "two"), [("original", 0.2199, 0.0247, 0.1382), ("revised", 0.1954, 0.0251, 0.1268)]
)
def test_released_replies_have_their_published_overlap_and_diversity(data_dir, name, f1, one, two):
    gold = (data_dir / "personachat" / "tgt-val.txt").read_text(encoding="utf-8").splitlines()
    replies = released(data_dir, name)
    assert len(replies) == len(gold) == 7801
    assert sum(map(unigram_f1, replies, gold)) / len(gold) == pytest.approx(f1, abs=2e-4)
    assert distinct(replies, 1) == pytest.approx(one, abs=2e-4)
    assert distinct(replies, 2) == pytest.approx(two, abs=2e-4)


def test_ead_has_its_reference_values():
    assert ead(100, 1000) == pytest.approx(0.10091, abs=5e-6)
    assert ead(500, 10000) == pytest.approx(0.05469, abs=5e-6)


def test_f1_counts_repeated_words_as_often_as_both_have_them():
    assert unigram_f1("no no no", "no no", tokeniser="words") == pytest.approx(2 * 2 / 5)
    assert unigram_f1("", "something") == 0.0
    assert best_f1("x y", ["z", "x y"]) == 1.0


def test_nothing_to_compare_is_an_error_and_not_a_zero():
    with pytest.raises(UsageError):
        unigram_f1("the", "!!")
    with pytest.raises(UsageError):
        distinct(["one"], 2)
    with pytest.raises(UsageError):
        ead(5, 4)
    with pytest.raises(UsageError):
        best_f1("x", [])
    with pytest.raises(UsageError, match="unknown tokeniser"):
        tokenise("x", "bpe")


def test_tokenisers_cut_as_they_say():
    text = "Don't   stop, Ärger-at 9!"
    assert tokenise(text, "whitespace") == ["Don't", "stop,", "Ärger-at", "9!"]
    assert tokenise(text, "words") == ["don't", "stop", "rger", "at", "9"]
    assert tokenise(text, "unicode") == ["don't", "stop", "ärger", "at", "9"]
    assert tokenise("The cat: a cat", "personachat") == ["cat", "cat"]


def test_sentences_are_cut_at_marks_and_lines_in_any_script():
    assert sentences("One.\nTwo\n\n...") == ["One", "Two"]
    assert sentences("你好。再见！") == ["你好", "再见"]
    assert sentences("It costs 3.50 now.") == ["It costs 3.50 now"]


def test_every_word_has_a_syllable():
    assert [syllables(word) for word in ("a", "sky", "banana", "nth", "queue")] == [1, 1, 3, 1, 1]


def test_repetition_within_counts_ngrams_that_came_before():
    assert repetition_within("a b c d") == 0.0
    assert repetition_within("a b") is None
    assert repetition_within("x x x x", n=1) == 0.75


def test_repetition_between_needs_something_earlier():
    assert repetition_between([]) == []
    assert repetition_between(["a b c", "a b c", "d e f"]) == [None, 1.0, 0.0]


def test_the_longest_repeat_is_found_within_and_between():
    assert longest_repeat(["a b c a b c a"]) == ["a", "b", "c", "a"]
    assert longest_repeat(["one two", "three"]) == []
    assert longest_repeat([]) == []


def test_ranks_share_ties_and_give_the_reference_mrr():
    assert mean_reciprocal_rank([1, 2, 4]) == pytest.approx(0.58333, abs=5e-6)
    assert hits_at([1, 2, 4], 1) == pytest.approx(1 / 3)
    assert rank([1.0, 1.0, 1.0, 1.0], 2) == 2.5
    assert recall_at(["a", "b"], {"b", "z"}, 5) == 0.5


def test_retrieval_without_cases_or_with_missing_scores_is_an_error():
    for call in (lambda: mean_reciprocal_rank([]), lambda: hits_at([0], 1), lambda: recall_at(["a"], [], 1)):
        with pytest.raises(UsageError):
            call()
    with pytest.raises(UsageError):
        rank([1.0], 3)
    with pytest.raises(UsageError):
        rank([1.0, float("nan")], 0)
