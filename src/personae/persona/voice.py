"""The lines in a persona's file that show how it talks, and how others talk to it."""

from __future__ import annotations

from personae.metrics.text import words
from personae.persona.persona import Persona


def voice_lines(persona: Persona) -> list[str]:
    """What the persona itself says in its examples, speech samples and greetings; lines without a word are left out.

    >>> voice_lines(Persona(name="Ana", greetings=["Good evening.", "…"]))
    ['Good evening.']
    """
    said = [
        turn.text for example in persona.examples for turn in example.turns if turn.speaker in ("char", persona.name)
    ]
    return [line for line in (*said, *persona.speech.samples, *persona.greetings) if words(line)]


def heard_lines(persona: Persona) -> list[str]:
    """What others say to the persona in its examples; lines without a word are left out."""
    turns = (turn for example in persona.examples for turn in example.turns)
    return [turn.text for turn in turns if turn.speaker not in ("char", persona.name) and words(turn.text)]
