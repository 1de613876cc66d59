"""Fusions by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae.memory.retrieval.fusion import GUESS, Signals, reciprocal_ranks, squashed, weighted


def signals(words, meaning, *, named=None, talk=None, sessions=None, terms=3):
    n = len(words)
    none = np.zeros(n)
    return Signals(
        np.array(words, dtype=float),
        None if meaning is None else np.array(meaning, dtype=float),
        none if named is None else np.array(named, dtype=float),
        none if talk is None else np.array(talk, dtype=float),
        np.array(sessions if sessions is not None else [0] * n),
        terms,
    )


def total(parts):
    return sum(parts.values()).tolist()


def test_the_first_guess_is_the_formula_of_the_specification():
    found = total(weighted(signals([4, 2, 0], [0.2, 0.6, 0.1], named=[1, 0, 0]), GUESS))
    base = [0.5 + 0.1 + 0.1, 0.25 + 0.3, 0.05]
    assert found == pytest.approx([base[0] + 0.3 * base[1], base[1] + 0.3 * base[0], base[2] + 0.3 * base[1]])


def test_neighbours_are_of_the_same_session():
    found = total(weighted(signals([4, 0], [0, 0], sessions=[0, 1]), GUESS))
    assert found == pytest.approx([0.5, 0])


def test_without_a_shared_word_the_cosine_decides_alone():
    found = total(weighted(signals([0, 0], [0.3, 0.5], sessions=[0, 1]), GUESS))
    assert found == pytest.approx([0.15, 0.25])


def test_without_an_embedder_the_words_decide_alone():
    assert total(weighted(signals([0, 3], None, sessions=[0, 1]), GUESS)) == pytest.approx([0, 0.5])
    assert total(reciprocal_ranks(signals([0, 3], None), GUESS)) == pytest.approx([0, 1 / 61])


def test_reciprocal_ranks_add_up():
    found = total(reciprocal_ranks(signals([0, 9, 3], [0.9, 0.5, 0.1]), GUESS))
    assert found == pytest.approx([1 / 61, 1 / 61 + 1 / 62, 1 / 62 + 1 / 63])


@pytest.mark.parametrize(("terms", "m", "s"), [(3, 5, 0.7), (4, 7, 0.6), (9, 9, 0.5), (15, 10, 0.5), (16, 12, 0.5)])
def test_the_squashed_score_knows_how_long_the_query_is(terms, m, s):
    found = total(squashed(signals([0, 8], [0.4, 0.4], terms=terms), GUESS))
    assert found == pytest.approx([0.4, 0.4 + 1 / (1 + math.exp(-s * (8 - m)))])
