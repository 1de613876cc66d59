"""Texts are embedded once."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import FormatError
from personae.models.vector_cache import CachedEmbedder


class Lengths:
    def __init__(self, name="lengths"):
        self.name, self.seen = name, []

    def embed(self, texts):
        self.seen += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)


def test_a_text_is_embedded_once_and_answers_keep_their_order(tmp_path):
    inner = Lengths()
    cached = CachedEmbedder(inner, tmp_path / "v.db")
    assert cached.embed(["aa", "b", "aa"])[:, 0].tolist() == [2, 1, 2]
    assert cached.embed(["b", "ccc"])[:, 0].tolist() == [1, 3]
    assert inner.seen == ["aa", "b", "ccc"]
    assert cached.embed([]).shape == (0, 2)
    cached.close()


def test_vectors_survive_the_process_and_belong_to_one_embedder(tmp_path):
    path = tmp_path / "v.db"
    CachedEmbedder(Lengths(), path).embed(["aa"])
    again, other = Lengths(), Lengths("other")
    assert CachedEmbedder(again, path).embed(["aa"])[0, 0] == 2
    CachedEmbedder(other, path).embed(["aa"])
    assert (again.seen, other.seen) == ([], ["aa"])


def test_a_file_that_is_no_cache_is_said(tmp_path):
    path = tmp_path / "v.db"
    path.write_text("hello, this is not a database at all" * 30)
    with pytest.raises(FormatError, match="cannot be used"):
        CachedEmbedder(Lengths(), path)
