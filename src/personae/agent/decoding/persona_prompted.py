"""P5 (2023): any selector of replies turns to the persona when the talk it reads opens with the persona's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.best_of import BestOf
from personae.agent.decoding.nearness import similarities
from personae.agent.decoding.select import decided
from personae.agent.reading import placed
from personae.agent.roles import Decoded, OnText, Prompted, Score, Scores
from personae.errors import UsageError
from personae.persona.convert import ensure_stop
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import Embedder, Message, Model, Settings

#: What the persona is asked before the talk, in our words.
QUESTION = "Before we start: what kind of person are you?"


@dataclass(frozen=True)
class PersonaPrompted:
    """Scores each candidate by `selector` after a question about the persona and its answer.

    The answer holds the `k` statements nearest to this candidate, the nearest last, so that it stands next to the talk.
    No statements or `k` = 0: the plain selector. `turns` cuts the talk to its last messages first (None: all of it).

    The selector reads one candidate at a time, for each has its own prompt: its scores must be comparable between
    calls, as cosines and log-likelihoods are.
    """

    selector: Score
    embedder: Embedder
    n: int = 8
    k: int = 2
    question: str = QUESTION
    turns: int | None = None

    def __post_init__(self) -> None:
        if self.k < 0 or (self.turns is not None and self.turns < 1):
            raise UsageError(f"PersonaPrompted needs k ≥ 0 and turns ≥ 1 or None, not {self.k!r} and {self.turns!r}")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """Samples `n` replies and takes the best."""
        return await BestOf(self.n, self.rank)(model, prompted, settings, persona=persona, on_text=on_text)

    async def rank(self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> Scores:
        """Scores "persona", the cosine with the nearest statement, beside the one that decides."""
        statements = own_texts(persona)
        talk = self._cut(context)
        if not statements or not self.k:
            return {"score": await decided(self.selector, talk, persona, candidates)}
        read, near = similarities(self.embedder, candidates, statements)
        texts = [candidates[index] for index in read]
        prompts = [self._prompt(talk, [statements[i] for i in (-row).argsort(kind="stable")[: self.k]]) for row in near]
        scores = await asyncio.gather(
            *(decided(self.selector, prompt, persona, [text]) for prompt, text in zip(prompts, texts, strict=True))
        )
        columns = {"score": [score for (score,) in scores], "persona": near.max(axis=1)}
        return {name: placed(read, values, len(candidates)) for name, values in columns.items()}

    def _prompt(self, talk: Sequence[Message], nearest: Sequence[str]) -> tuple[Message, ...]:
        asked = (Message("user", self.question), Message("assistant", " ".join(map(ensure_stop, reversed(nearest)))))
        start = next((index for index, message in enumerate(talk) if message.role != "system"), len(talk))
        return (*talk[:start], *asked, *talk[start:])

    def _cut(self, context: Sequence[Message]) -> tuple[Message, ...]:
        if self.turns is None:
            return tuple(context)
        spoken = [index for index, message in enumerate(context) if message.role != "system"]
        kept = set(spoken[-self.turns :])
        return tuple(message for index, message in enumerate(context) if message.role == "system" or index in kept)
