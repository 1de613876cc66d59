"""A validity card in a folder: read and written as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.measure.text_scorers.card import Card

CARD = "card.json"


def write_card(card: Card, folder: Path) -> None:
    """Put a card into a folder."""
    write_atomic(folder / CARD, json.dumps(card.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_card(folder: Path) -> Card:
    """The card of a folder. Raises FormatError."""
    path = folder / CARD
    try:
        return Card.from_dict(json.loads(read_limited(path, MEGABYTE)))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no validity card: {error}") from error
