"""Relevance from an embedder: the logistic curve over a cosine."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from personae.errors import UsageError
from personae.models.embedder import MiniLM
from personae.models.pairs.cosine import CURVES, cosine_relevance


class Angles:
    """An embedder in the plane: a text is the degrees it stands for."""

    name = "angles"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts):
        self.embedded += texts
        radians = np.radians([float(text) for text in texts])
        return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_the_curve_is_the_logistic_function_of_the_cosine():
    """cos 60° = 1/2: 1 / (1 + exp(-(2 · 1/2 - 1))) = 1/2; cos 0 = 1: 1 / (1 + exp(-1))."""
    got = cosine_relevance(Angles(), ["0", "0"], ["60", "0"], to="query", curves={"query": (2.0, -1.0)})
    assert got == pytest.approx([0.5, 1 / (1 + math.exp(-1))], abs=1e-6)


def test_equal_texts_are_embedded_once():
    embedder = Angles()
    cosine_relevance(embedder, ["0", "0", "10"], ["10", "20", "0"])
    assert embedder.embedded == ["0", "10", "20"]


@pytest.mark.parametrize("to", ["reply", "query"])
def test_nearer_is_more_relevant(to):
    got = cosine_relevance(Angles(), ["0"] * 4, ["90", "60", "40", "0"], to=to)
    assert (np.diff(got) > 0).all()
    assert 0 < got[0] < 0.2
    assert got[-1] > 0.9


def test_a_query_shares_fewer_words_so_its_curve_rises_earlier():
    crossing = {side: -offset / slope for side, (slope, offset) in CURVES.items()}
    assert 0.2 < crossing["query"] < crossing["reply"] < 0.6


def test_no_pairs_and_bad_pairs():
    assert cosine_relevance(Angles(), [], []).shape == (0,)
    with pytest.raises(UsageError, match="empty"):
        cosine_relevance(Angles(), ["0"], [" "])


@pytest.mark.slow
def test_it_tells_which_statement_a_reply_used_as_the_plain_cosine_does(data_dir):
    """The published ranking power of MiniLM's cosine on these silver labels: AUC .969 for replies, .615 for queries."""
    rows = [json.loads(line) for line in (data_dir / "nli-compiled" / "relevance_test.jsonl").open()][:1200]
    used = np.array([row["score"] > 0.5 for row in rows])
    statements = [row["persona"] for row in rows]
    for side, field, expected in (("reply", "response", 0.969), ("query", "query", 0.615)):
        got = cosine_relevance(MiniLM(), statements, [row[field] for row in rows], to=side)
        above = got[used][:, None] > got[~used][None, :]
        assert above.mean() == pytest.approx(expected, abs=0.03)
