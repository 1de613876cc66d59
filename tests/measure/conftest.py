"""A small persona of which everything is known."""

from __future__ import annotations

import pytest

from personae.persona.persona import Persona


@pytest.fixture
def ana() -> Persona:
    def fact(id: str, kind: str, text: str, question: str) -> dict:
        return {"id": id, "kind": kind, "text": text, "probe": {"question": question, "answer": text}}

    return Persona(
        name="Ana Quixabeira",
        summary="An archivist.",
        statements=[
            fact("work", "work", "I catalogue nautical atlases.", "What do you do for a living?"),
            fact("pet", "pet", "I have a tortoise called Relógio.", "Do you have a pet?"),
            fact("fear", "fear", "Mould in the vault frightens me.", "What are you afraid of?"),
            fact("food", "food", "Grilled sardines, every Friday.", "What do you like to eat?"),
        ],
        examples=[
            {"turns": [{"speaker": "user", "text": "Hi"}, {"speaker": "char", "text": "Good day. Please whisper."}]},
            {"turns": [{"speaker": "user", "text": "Maps?"}, {"speaker": "char", "text": "Third shelf, on the left."}]},
        ],
        greetings=["Welcome to the reading room."],
    )
