"""What a reply violates: a persona's statements in the first person, and how far each text contradicts them."""

from __future__ import annotations

from collections.abc import Sequence

from personae.agent.reading import readable
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, PairScorer

#: A reply with P(contradiction) at or above this violates the statement (the flag threshold of DECODE).
VIOLATED = 0.5


def statements_of(who: Persona | Sequence[str], scorer: PairScorer) -> tuple[str, ...]:
    """What the persona says of itself and the scorer can read, in the first person; plain statements are taken as
    they are. Raises `Unread` where the scorer can read none of them.

    Facts about the user or others are left out: a reply does not speak for them.

    >>> from personae.models import ScriptedPairs
    >>> ana = {"name": "Ana", "statements": [{"id": "1", "text": "Ana keeps maps.", "person": "third"}]}
    >>> statements_of(Persona.model_validate(ana), ScriptedPairs())
    ('I keep maps.',)
    """
    texts = own_texts(who) if isinstance(who, Persona) else [text for text in who if text.strip()]
    return tuple(texts[place] for place in readable(scorer, texts, "statements"))


async def contradictions(
    texts: Sequence[str], statements: Sequence[str], scorer: PairScorer
) -> tuple[tuple[float, ...], ...]:
    """P(contradiction) of every text (rows) with every statement (columns), in one call of the scorer.

    Raises `Unread` where it cannot read one of the texts.
    """
    for text in texts:
        readable(scorer, [text], "replies")
    premises = [text for text in texts for _ in statements]
    rows = await scorer.score(premises, list(statements) * len(texts))
    flat = [float(row[CONTRADICTION]) for row in rows]
    width = len(statements)
    return tuple(tuple(flat[start : start + width]) for start in range(0, len(flat), width))
