"""Scores by nearness: of a candidate to the talk, or to what the persona says of itself.

Nearness is not agreement – "I have no dog" is near to "I have a dog" – so none of these tells whether a reply is
consistent. They answer the questions before that: does it fit here, and does it speak of the persona at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent.decoding.select import decided
from personae.agent.roles import Score, Scores
from personae.metrics.tfidf import TfIdf
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import Embedder, Message


@dataclass(frozen=True)
class NearTalk:
    """Cosine between the candidate and the last `turns` messages of the talk as one text (None: the whole talk)."""

    embedder: Embedder
    turns: int | None = 1

    def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float]:
        """One cosine per candidate, −1 … 1; all 0 while nothing has been said."""
        said = [message.content for message in context if message.role != "system" and message.content.strip()]
        text = " ".join(said if self.turns is None else said[-self.turns :])
        if not text:
            return [0.0] * len(candidates)
        vectors = self.embedder.embed([text, *candidates])
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]


@dataclass(frozen=True)
class NearPersona:
    """The largest cosine between the candidate and one of the persona's statements."""

    embedder: Embedder

    def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float]:
        """One cosine per candidate, −1 … 1; all 0 for a persona without statements."""
        statements = own_texts(persona)
        if not statements:
            return [0.0] * len(candidates)
        return [float(max(row)) for row in similarities(self.embedder, candidates, statements)]


@dataclass(frozen=True)
class SharesWords:
    """The largest TF-IDF cosine between the candidate and one of the persona's statements.

    `fitted` holds the weights of words; without it they come from the statements and candidates at hand.
    """

    fitted: TfIdf | None = None

    def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float]:
        """One cosine per candidate, 0 … 1; all 0 for a persona without statements."""
        statements = own_texts(persona)
        if not statements:
            return [0.0] * len(candidates)
        weights = self.fitted or TfIdf.fit([*statements, *candidates])
        return [max(weights.similarities(text, statements)) for text in candidates]


@dataclass(frozen=True)
class PlusPersona:
    """`base` plus `weight` times the nearness to the persona: the baseline beside P5.

    weight = 0.5 for personas as their authors wrote them, 0.05 for reworded ones (P5, 2023). 0 is `base` itself.
    """

    base: Score
    persona: Score
    weight: float = 0.5

    async def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """The sum, with both parts."""
        base = await decided(self.base, context, persona, candidates)
        near = await decided(self.persona, context, persona, candidates)
        total = [score + self.weight * bonus for score, bonus in zip(base, near, strict=True)]
        return {"score": total, "base": base, "persona": near}


def similarities(embedder: Embedder, texts: Sequence[str], others: Sequence[str]) -> Any:
    """Cosines, shape (texts, others)."""
    vectors = embedder.embed([*texts, *others])
    return vectors[: len(texts)] @ vectors[len(texts) :].T
