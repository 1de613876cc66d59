"""What a scorer can read. The embedded ones read English, and would give numbers for any other text all the same.

A pair scorer or embedder that has a method `unread(text)`, which says why a text is beyond it or None, is asked first;
one without it reads everything. A candidate that cannot be read is set aside, not scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from personae.errors import PersonaeError
from personae.types import Embedder, PairScorer


class Unread(PersonaeError):
    """There is nothing a score could go by. `select` takes the message as the reason of its choice."""


def readable(reader: PairScorer | Embedder, texts: Sequence[str], what: str) -> list[int]:
    """Places of the texts that can be read. Raises `Unread` where none of them can.

    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> readable(ScriptedPairs(), ["I own a dog.", "Ich habe einen Hund."], "replies")
    [0, 1]
    """
    why = getattr(reader, "unread", None)
    if why is None:
        return list(range(len(texts)))
    whys = [why(text) for text in texts]
    places = [place for place, reason in enumerate(whys) if reason is None]
    if texts and not places:
        raise Unread(f"{reader.name} reads none of {len(texts)} {what}: {whys[0]}")
    return places


def placed(places: Sequence[int], values: Iterable[float], count: int) -> list[float | None]:
    """A column of `count` numbers with these at these places, None elsewhere.

    >>> placed([0, 2], [0.5, 0.7], 3)
    [0.5, None, 0.7]
    """
    column: list[float | None] = [None] * count
    for place, value in zip(places, values, strict=True):
        column[place] = float(value)
    return column
