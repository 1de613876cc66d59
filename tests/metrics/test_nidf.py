"""Rarity of words and sentence vectors, against hand arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.metrics.nidf import Nidf, content_words, is_content
from personae.metrics.sif import Sif, cosines, word_shares, zipf_shares


def test_nidf_follows_its_formula():
    replies = ["the sea", "the sea", "the boat", "the the net"]
    values = Nidf.from_texts(replies).values
    idf = {"the": math.log(4 / 4), "sea": math.log(4 / 2), "boat": math.log(4 / 1)}
    for word, value in idf.items():
        assert values[word] == pytest.approx(value / math.log(4))
    assert (min(values.values()), max(values.values())) == (0.0, 1.0)


def test_a_word_said_twice_in_a_reply_counts_once():
    assert Nidf.from_texts(["sea sea sea", "the sea", "the boat"]).values["sea"] == 0.0


def test_words_by_rank_are_as_rare_as_the_logarithm_of_their_rank():
    values = Nidf.from_ranking([f"w{n}" for n in range(1, 101)]).values
    assert values["w10"] == pytest.approx(0.5)


def test_a_word_that_stands_twice_in_a_ranking_keeps_its_better_rank():
    assert Nidf.from_ranking(["the", "sea", "the", "boat"]).values["the"] == 0.0


def test_no_rarity_without_any_difference():
    with pytest.raises(UsageError, match="give more replies"):
        Nidf.from_texts(["sea"])


def test_the_mean_of_a_text_is_over_the_words_that_are_known():
    rare = Nidf({"the": 0.0, "sea": 0.8})
    assert rare.mean("The sea, unfathomable") == pytest.approx(0.4)
    assert rare.mean("Unfathomable") is None


def test_contractions_and_letters_are_no_content():
    assert content_words("I don't keep 12 maps, 'tis t.") == ["keep", "12", "maps", "'tis"]
    assert not is_content("'")


VECTORS = {"sea": [2.0, 0.0, 1.0], "boat": [0.0, 2.0, 1.0], "net": [1.0, 1.0, 1.0]}


def _vector_of(word):
    return np.array(VECTORS[word]) if word in VECTORS else None


def test_a_sentence_vector_is_the_weighted_mean_less_its_common_part():
    shares = {"sea": 0.001, "boat": 0.009}
    sif = Sif(_vector_of, lambda word: shares.get(word, 0.0), np.array([0.0, 0.0, 1.0]))
    mean = (0.5 * np.array([2, 0, 1]) + 0.1 * np.array([0, 2, 1])) / 2
    assert sif.sentence("sea, unknown boat") == pytest.approx([mean[0], mean[1], 0.0])


def test_the_common_component_is_the_first_principal_one():
    vectors = {"x": np.array([5.0, 1.0]), "y": np.array([5.0, -1.0])}
    sif = Sif.fit(["x", "y"], vectors.get, lambda word: 0.0)
    assert abs(sif.component) == pytest.approx([1.0, 0.0])
    assert sif.sentence("x") == pytest.approx([0.0, 1.0])


def test_a_sentence_without_known_words_has_no_vector():
    assert Sif(_vector_of, lambda word: 0.0, np.zeros(3)).sentence("nothing here") is None
    with pytest.raises(UsageError, match="2 sentences"):
        Sif.fit(["nothing", "sea"], _vector_of, lambda word: 0.0)


def test_cosines_are_those_of_the_rows():
    assert cosines(np.array([[0.0, 3.0], [-1.0, 0.0]]), np.array([5.0, 0.0])).tolist() == [0.0, -1.0]


def test_shares_sum_to_one():
    assert sum(word_shares(["the sea", "the boat"]).values()) == pytest.approx(1)
    assert sum(zipf_shares(["the", "sea", "boat"]).values()) == pytest.approx(1)
