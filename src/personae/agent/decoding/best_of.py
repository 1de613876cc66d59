"""The best of several samples, by a score the caller names."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass

from personae.agent.decoding.select import select
from personae.agent.roles import Decoded, OnText, Prompted, Score
from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.types import Model, Settings, Usage


@dataclass(frozen=True)
class BestOf:
    """Asks `n` times with the seeds `settings.seed` … `settings.seed + n - 1` and takes the best answer.

    `score` has no default: what "best" means is the method. `fresh_wording` needs no model; consistency with the
    persona needs a pair scorer, for similarity of words or vectors does not tell "I have a dog" from "I have no dog".
    Which answers are scored, `select` says; if none can be, the first one is returned as it is, so that its outcome
    stays visible, and `note` holds the reason. With `settings.seed=None` every sample is drawn anew. What a score
    asks of a model is not part of the usage given back; a `Metered` model counts it.
    """

    n: int
    score: Score

    def __post_init__(self) -> None:
        if self.n < 2:
            raise UsageError(f"BestOf needs at least 2 candidates, not {self.n!r}; for one, use Sample()")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """The best answer with the usage of all samples; `on_text` hears the chosen one only."""
        completions = await asyncio.gather(
            *(model.generate(prompted.messages, _numbered(settings, number)) for number in range(self.n))
        )
        choice = await select(prompted.messages, persona, completions, self.score)
        best = completions[choice.index or 0]
        usage = sum((completion.usage for completion in completions), Usage())
        if on_text is not None:
            on_text(best.text)
        return Decoded(dataclasses.replace(best, usage=usage), choice.table, choice.reason or "")


def _numbered(settings: Settings, number: int) -> Settings:
    return settings if settings.seed is None else dataclasses.replace(settings, seed=settings.seed + number)
