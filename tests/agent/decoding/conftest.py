"""A persona with a pet, and an embedder whose vectors are written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from personae.persona.persona import Persona
from personae.types import Message


class Vectors:
    """Looks texts up; a longer text is the sum of the words it holds."""

    name = "written"

    def __init__(self, words: Mapping[str, Sequence[float]]) -> None:
        self._words, self.seen = {word: np.array(vector, dtype=np.float32) for word, vector in words.items()}, []

    def embed(self, texts: Sequence[str]) -> Any:
        self.seen += texts
        size = len(next(iter(self._words.values())))
        rows = [sum((v for w, v in self._words.items() if w in text), np.zeros(size, np.float32)) for text in texts]
        return np.array([row / (np.linalg.norm(row) or 1.0) for row in rows], dtype=np.float32)


@pytest.fixture
def ana() -> Persona:
    statements = [{"id": "s1", "text": "I own a dog."}, {"id": "s2", "text": "I live in Porto."}]
    return Persona.model_validate({"name": "Ana", "statements": statements})


@pytest.fixture
def nobody() -> Persona:
    return Persona(name="Nobody")


@pytest.fixture
def talk() -> tuple[Message, ...]:
    return (Message("system", "You are Ana."), Message("user", "Do you have a pet?"))


@pytest.fixture
def vectors() -> type[Vectors]:
    return Vectors
