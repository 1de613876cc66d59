"""A small history, and an embedder that knows three subjects."""

from __future__ import annotations

import numpy as np
import pytest

from personae.memory.turns import Scope, Turn

HERE = Scope("keeper", "ines", "harbour")
SAID = (
    ("1", "Ines", "I sold the boat today.", "2026-03-01T09:30:00"),
    ("1", "Keeper", "Which one of them?", "2026-03-01T09:31:00"),
    ("1", "Ines", "The red one, to Marta.", "2026-03-01T09:32:00"),
    ("2", "Ines", "My sister moved to Lisbon.", "2026-04-10T20:00:00"),
    ("2", "Keeper", "Far away from the lamp.", "2026-04-10T20:01:00"),
    ("2", "Ines", "She likes the city.", None),
)
SUBJECTS = (("boat", "ship", "sail"), ("sister", "family", "moved"), ("city", "lisbon", "town"))


class Subjects:
    """Texts as vectors of three subjects and a rest; it counts the texts it was given."""

    name = "subjects"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts):
        self.seen += texts
        rows = [[float(any(word in text.lower() for word in words)) for words in SUBJECTS] + [0.1] for text in texts]
        array = np.array(rows, dtype=np.float32).reshape(-1, 4)
        return array / np.linalg.norm(array, axis=1, keepdims=True) if len(array) else array


@pytest.fixture
def embedder():
    return Subjects()


@pytest.fixture
def turns():
    counts: dict[str, int] = {}
    found = []
    for session, speaker, text, at in SAID:
        counts[session] = counts.get(session, 0) + 1
        found.append(Turn(f"D{session}:{counts[session]}", HERE, session, speaker, text, at))
    return found
