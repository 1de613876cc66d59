"""What a reply violates: a persona's statements in the first person, and how far each text contradicts them."""

from __future__ import annotations

from collections.abc import Sequence

from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, PairScorer

#: A reply with P(contradiction) at or above this violates the statement (the flag threshold of DECODE).
VIOLATED = 0.5


def statements_of(who: Persona | Sequence[str]) -> tuple[str, ...]:
    """What the persona says of itself, in the first person; plain statements are taken as they are.

    Facts about the user or others are left out: a reply does not speak for them.

    >>> ana = {"name": "Ana", "statements": [{"id": "1", "text": "Ana keeps maps.", "person": "third"}]}
    >>> statements_of(Persona.model_validate(ana))
    ('I keep maps.',)
    """
    if not isinstance(who, Persona):
        return tuple(text for text in who if text.strip())
    return tuple(own_texts(who))


async def contradictions(
    texts: Sequence[str], statements: Sequence[str], scorer: PairScorer
) -> tuple[tuple[float, ...], ...]:
    """P(contradiction) of every text (rows) with every statement (columns), in one call of the scorer."""
    premises = [text for text in texts for _ in statements]
    rows = await scorer.score(premises, list(statements) * len(texts))
    flat = [float(row[CONTRADICTION]) for row in rows]
    width = len(statements)
    return tuple(tuple(flat[start : start + width]) for start in range(0, len(flat), width))
