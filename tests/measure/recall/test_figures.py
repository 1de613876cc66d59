"""Recall, MRR and NDCG by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.recall.figures import ndcg, recall_of
from personae.measure.recall.report import difference, values_in


def test_half_of_the_evidence_is_half_a_recall():
    found = recall_of(["a", "b", "c", "d"], ["c", "z"], 3)
    assert (found.recall, found.any, found.all, found.rank) == (0.5, 1, 0, 3)
    assert found.reciprocal_rank == pytest.approx(1 / 3)
    assert found.ndcg == pytest.approx((1 / 2) / (1 + 1 / math.log2(3)))


def test_the_rank_looks_beyond_k():
    found = recall_of(["a", "b", "c"], ["c"], 1)
    assert (found.recall, found.rank) == (0, 3)


def test_a_question_without_evidence_counts_as_found_and_has_no_rank():
    found = recall_of(["a"], [], 5)
    assert (found.recall, found.any, found.all, found.rank, found.ndcg) == (1, 1, 1, None, None)


def test_repeats_in_the_evidence_count():
    assert recall_of(["a", "x"], ["a", "a", "b"], 2).recall == pytest.approx(2 / 3)


def test_k_below_one_is_refused():
    with pytest.raises(UsageError):
        recall_of(["a"], ["a"], 0)


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_figures_stay_between_zero_and_one_and_all_is_any(ranked, wanted):
    found = recall_of(ranked, sorted(wanted), 4)
    assert 0 <= found.all <= found.recall <= found.any <= 1
    assert 0 <= ndcg(ranked, wanted, 4) <= 1 + 1e-12


def test_two_runs_are_compared_question_by_question():
    found = difference({"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0}, {"a": 0.0, "b": 1.0, "c": 0.5, "e": 1.0})
    assert found.recall.value == pytest.approx(0.5 / 3)
    assert (found.better, found.worse, found.only_in_one) == (1, 1, 2)
    assert found.changed == (("a", 1.0, 0.0), ("c", 0.0, 0.5))


def test_published_lists_are_read_beside_our_reports():
    rows = [{"sample_id": "conv-1", "recall": 1.0}, {"sample_id": "conv-1", "recall": 0.0}]
    assert values_in(rows, "list") == {"conv-1/0": 1.0, "conv-1/1": 0.0}
    assert values_in({"rows": [{"id": "q", "recall": 0.5}]}, "ours") == {"q": 0.5}
