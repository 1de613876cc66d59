"""BM25 by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.memory.retrieval.bm25 import Okapi
from personae.memory.retrieval.words import terms


def test_a_score_is_what_the_formula_gives_by_hand():
    index = Okapi.of([["a", "a", "b"], ["c"], ["d", "e"]])
    idf = math.log((3 - 1 + 0.5) / (1 + 0.5))
    damping = 1.5 * (1 - 0.75 + 0.75 * 3 / 2)
    assert index.scores(["a"]).tolist() == pytest.approx([idf * 2 * 2.5 / (2 + damping), 0, 0])
    assert index.scores(["a", "a"])[0] == pytest.approx(2 * index.scores(["a"])[0])


def test_a_term_of_most_documents_weighs_a_quarter_of_the_mean():
    index = Okapi.of([["x", "a"], ["x", "b"], ["x", "c"], ["d"]])
    raw = [math.log(1.5 / 3.5)] + [math.log(3.5 / 1.5)] * 4
    assert index.idf["x"] == pytest.approx(0.25 * sum(raw) / 5)


def test_unknown_terms_and_empty_documents_score_nothing():
    assert Okapi.of([[], ["a"], []]).scores(["zebra"]).tolist() == [0, 0, 0]
    assert Okapi.of([[], []]).scores(["a"]).tolist() == [0, 0]
    with pytest.raises(UsageError, match="at least one document"):
        Okapi.of([])


def test_stop_words_go_and_words_meet_at_their_stems():
    assert terms("What did she say about the boats, and where?") == ["she", "sai", "boat", "and"]
    assert terms("Boating!") == terms("boats")
    assert terms("") == terms("what is it") == []


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1, max_size=8), st.text("abcxyz", max_size=5))
def test_scores_are_finite_and_of_one_length_with_the_documents(documents, query):
    scores = Okapi.of(documents).scores(list(query))
    assert len(scores) == len(documents)
    assert all(map(math.isfinite, scores))
