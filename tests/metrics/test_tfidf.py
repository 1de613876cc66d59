"""TF-IDF, held to hand arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.metrics.tfidf import TfIdf


def test_a_rare_word_weighs_more_than_one_of_every_text():
    model = TfIdf.fit(["sea fog", "sea wind", "sea sea"])
    assert model.idf == pytest.approx({"sea": 1.0, "fog": math.log(3) + 1, "wind": math.log(3) + 1})


def test_similarity_is_the_cosine_of_the_weighted_words():
    model = TfIdf.fit(["a b", "b c"])
    a, b = math.log(2) + 1, 1.0
    # (a, b) with (b, b): b·2b / (√(a² + b²) · 2b)
    assert model.similarities("a b", ["b b"]) == pytest.approx([b / math.hypot(a, b)])


def test_words_outside_of_the_collection_carry_nothing():
    model = TfIdf.fit(["tea"])
    assert model.vector("coffee, please") == {}
    assert model.similarities("coffee", ["coffee", "tea"]) == [0.0, 0.0]


def test_an_empty_text_is_near_to_nothing_and_no_texts_are_an_error():
    assert TfIdf.fit(["", "tea"]).similarities("", ["tea", ""]) == [0.0, 0.0]
    with pytest.raises(UsageError, match="at least one text"):
        TfIdf.fit([])


def test_the_tokeniser_has_a_name():
    assert TfIdf.fit(["Tea!"], tokeniser="whitespace").idf == {"Tea!": 1.0}
    assert TfIdf.fit(["Tea!"]).idf == {"tea": 1.0}


@given(st.lists(st.text(alphabet="abc ", max_size=12), min_size=1, max_size=6))
def test_similarities_lie_between_0_and_1_and_a_text_is_nearest_to_itself(texts):
    model = TfIdf.fit(texts)
    for text in texts:
        near = model.similarities(text, [text, *texts])
        assert all(0.0 <= value <= 1.0 for value in near)
        assert near[0] == pytest.approx(max(near))
