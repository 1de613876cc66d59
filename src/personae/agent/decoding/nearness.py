"""Scores by nearness: of a candidate to the talk, or to what the persona says of itself.

Nearness is not agreement – "I have no dog" is near to "I have a dog" – so none of these tells whether a reply is
consistent. They answer the questions before that: does it fit here, and does it speak of the persona at all. Candidates
that the embedder cannot read have None; where it can read nothing to compare them with, `Unread` is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent.decoding.select import decided
from personae.agent.reading import placed, readable
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

    def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float | None]:
        """One cosine per candidate, −1 … 1; all 0 while nothing has been said."""
        said = [message.content for message in context if message.role != "system" and message.content.strip()]
        text = " ".join(said if self.turns is None else said[-self.turns :])
        if not text:
            return [0.0] * len(candidates)
        readable(self.embedder, [text], "talks")
        read = readable(self.embedder, candidates, "candidates")
        vectors = self.embedder.embed([text, *(candidates[index] for index in read)])
        return placed(read, vectors[1:] @ vectors[0], len(candidates))


@dataclass(frozen=True)
class NearPersona:
    """The largest cosine between the candidate and one of the persona's statements."""

    embedder: Embedder

    def __call__(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float | None]:
        """One cosine per candidate, −1 … 1; all 0 for a persona without statements."""
        statements = own_texts(persona)
        if not statements:
            return [0.0] * len(candidates)
        read, near = similarities(self.embedder, candidates, statements)
        return placed(read, near.max(axis=1), len(candidates))


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


def similarities(embedder: Embedder, candidates: Sequence[str], statements: Sequence[str]) -> tuple[list[int], Any]:
    """Places of the candidates that can be read, and their cosines, shape (read, statements).

    −1 for a statement that cannot be read; raises `Unread` where that is all of them, or no candidate can be.
    """
    import numpy as np

    read, known = readable(embedder, candidates, "candidates"), readable(embedder, statements, "statements")
    vectors = embedder.embed([*(candidates[index] for index in read), *(statements[index] for index in known)])
    cosines = np.full((len(read), len(statements)), -1.0)
    cosines[:, known] = vectors[: len(read)] @ vectors[len(read) :].T
    return read, cosines
