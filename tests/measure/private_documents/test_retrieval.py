"""Recall and NDCG where each value may stand in several chunks, by hand."""

from __future__ import annotations

import math

import pytest

from personae.errors import UsageError
from personae.measure.private_documents.answers import word_scores
from personae.measure.private_documents.documents import Person
from personae.measure.private_documents.retrieval import ndcg_at, retrieve, score


def test_the_best_way_to_take_one_chunk_per_value_counts():
    recall, ndcg = score(["x", "b", "c"], [["a", "b"], ["c", "d"]], k=3)
    assert recall == 1.0
    assert ndcg == pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3)))


def test_recall_and_ndcg_are_the_best_of_different_ways():
    # a alone is {a}: NDCG 1 at rank 1; the same chunk for both values is found whole
    recall, ndcg = score(["a"], [["a", "b"], ["a", "c"]], k=1)
    assert (recall, ndcg) == (1.0, 1.0)


def test_an_ideal_list_has_no_more_than_k_hits():
    assert ndcg_at(["a", "b"], ["a", "b", "c"], 2) == 1.0


def test_too_many_ways_or_no_evidence_are_errors():
    with pytest.raises(UsageError, match="0 ways"):
        score(["a"], [])
    with pytest.raises(UsageError, match="ways to find the evidence"):
        score(["a"], [["a", "b"]] * 40)
    with pytest.raises(UsageError, match="has no documents"):
        retrieve(Person("Eva", (), ()), None)


def test_words_of_answers_are_sets_and_stale_words_leave_out_true_ones():
    scores = word_scores("TEA tea coffee", ["green tea", "coffee"], ["black tea"])
    assert (scores.precision, scores.recall, scores.f1) == (1.0, 2 / 3, 0.8)
    assert scores.stale == 0.0
    assert word_scores("black tea", ["green tea"], ["black tea"]).stale == 1.0
    assert word_scores("", ["x"]).f1 == 0.0
    assert word_scores("x", ["x"]).stale is None
    with pytest.raises(UsageError, match="has no word"):
        word_scores("x", ["–"])
