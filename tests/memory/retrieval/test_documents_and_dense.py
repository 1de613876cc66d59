"""Long texts in parts, and the best part counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.memory.retrieval.dense import Dense, embedded
from personae.memory.retrieval.documents import estimated_pieces, parts, session_texts

LONG = "the weather was grey and nothing happened " * 60


def test_a_session_is_its_turns_a_line_each(turns):
    texts = list(session_texts(turns).values())
    assert texts[0].splitlines()[1] == 'Keeper said, "Which one of them?"'
    assert len(texts) == 2


def test_a_word_at_the_end_of_a_long_turn_is_still_found(embedder):
    dense = Dense.of([LONG + "then we took the boat", "a town"], embedder)
    assert dense.scores("a ship")[0] == pytest.approx(1.0, abs=0.02)
    assert all(estimated_pieces(text) <= 200 for text in embedder.seen)


def test_unsplit_documents_reach_the_embedder_whole(embedder):
    Dense.of([LONG], embedder, split=False)
    assert embedder.seen == [LONG]


@given(st.text(max_size=600), st.integers(5, 30))
def test_parts_hold_every_word_in_order(text, pieces):
    found = parts(text, pieces)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_word_without_end_is_cut_too():
    assert len(parts("x" * 10_000)) > 5
    assert len(parts("山" * 1_000)) >= 5


def test_vectors_come_in_the_order_of_the_texts_and_progress_is_told(embedder):
    heard = []
    texts = [f"boat {n}" if n % 2 else "sister" for n in range(100)]
    vectors = embedded(embedder, texts, lambda done, of: heard.append((done, of)))
    assert heard == [(64, 100), (100, 100)]
    assert np.allclose(vectors, embedder.embed(texts))
    assert embedded(embedder, []).shape == (0, 4)
