"""Character Card V3 in a JSON file."""

from __future__ import annotations

from personae.persona.formats.card import read_card, write_card
from personae.persona.persona import Persona


def read(data: bytes, name: str) -> Persona:
    """The persona in a card's JSON; the version is told from the content."""
    return read_card(data, name)


def write(persona: Persona) -> bytes:
    """A V3 card: the tree the persona came from with the changed fields rewritten."""
    return write_card(persona, 3)
