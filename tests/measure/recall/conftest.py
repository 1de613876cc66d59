"""Two small conversations in LoCoMo's form, the published lists, and vectors that are computed once a session."""

from __future__ import annotations

import json

import numpy as np
import pytest

from personae.measure.recall import load_locomo
from personae.models.embedder import MiniLM
from personae.models.minilm_fp32 import INSTALL, MiniLM32, weights
from personae.models.vector_cache import CachedEmbedder


def talk(name, topics):
    """A conversation with one session a topic, of three turns."""
    conversation = {"speaker_a": "Ann", "speaker_b": "Bob"}
    for number, topic in enumerate(topics, 1):
        conversation[f"session_{number}_date_time"] = f"1:{number:02d} pm on {number} May, 2023"
        conversation[f"session_{number}"] = [
            {"speaker": "Ann", "dia_id": f"D{number}:1", "text": f"I love {topic}."},
            {"speaker": "Bob", "dia_id": f"D{number}:2", "text": "Tell me more!"},
            {
                "speaker": "Ann",
                "dia_id": f"D{number}:3",
                "text": "It began last year.",
                "blip_caption": f"some {topic}",
            },
        ]
    questions = [
        {"question": f"Who loves {topic}?", "answer": "Ann", "evidence": [f"D{number}:1"], "category": 4}
        for number, topic in enumerate(topics, 1)
    ]
    odd = [
        {"question": "Two things?", "answer": 2, "evidence": ["D1:1; D2:1"], "category": 1},
        {"question": "Nothing?", "evidence": [], "category": 5, "adversarial_answer": "no"},
        {"question": "Lost?", "answer": "x", "evidence": ["D9:9", "D1:1"], "category": 2},
    ]
    return {"sample_id": name, "conversation": conversation, "qa": questions + odd}


TREE = [talk("conv-1", ("boats", "bees", "tea")), talk("conv-2", ("maps", "snow"))]


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "locomo.json"
    path.write_text(json.dumps(TREE), "utf-8")
    return path


class Letters:
    """Texts as counts of their letters."""

    name = "letters"

    def embed(self, texts):
        rows = [[text.lower().count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts]
        array = np.array(rows, dtype=np.float32).reshape(-1, 26)
        return array / np.linalg.norm(array, axis=1, keepdims=True) if len(array) else array


@pytest.fixture
def letters():
    return Letters()


@pytest.fixture
def locomo(data_dir):
    """The conversations of the reference data."""
    return load_locomo(data_dir / "locomo" / "locomo_first5.json")


@pytest.fixture(scope="session")
def int8():
    """The shipped embedder, remembering through the session."""
    return CachedEmbedder(MiniLM())


@pytest.fixture(scope="session")
def fp32():
    """The original weights, remembering through the session; a skip with a reason where they are not installed."""
    from conftest import absent

    if weights() is None:
        absent(f"no 32-bit MiniLM weights; {INSTALL}")
    return CachedEmbedder(MiniLM32(threads=1))
