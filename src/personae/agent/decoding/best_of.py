"""The best of several samples, by a score the caller names."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.roles import Candidate, Decoded, OnText, Prompted, Score
from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.types import Completion, Model, Settings, Usage


@dataclass(frozen=True)
class BestOf:
    """Asks `n` times with the seeds `settings.seed` … `settings.seed + n - 1` and takes the best answer.

    `score` has no default: what "best" means is the method. `fresh_wording` needs no model; consistency with the
    persona needs a pair scorer, for similarity of words or vectors does not tell "I have a dog" from "I have no dog".
    Refused, empty and cut-off answers are not scored; of equals the first wins. If no answer can be scored, the
    first one is returned as it is, so that its outcome stays visible.
    """

    n: int
    score: Score

    def __post_init__(self) -> None:
        if self.n < 2:
            raise UsageError(f"BestOf needs at least 2 candidates, not {self.n!r}; for one, use Sample()")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """The best answer with the usage of all; `on_text` hears the chosen one only."""
        first = settings.seed or 0
        completions = await asyncio.gather(
            *(
                model.generate(prompted.messages, dataclasses.replace(settings, seed=first + number))
                for number in range(self.n)
            )
        )
        scores = self._scores(prompted, persona, completions)
        best = max(range(self.n), key=lambda number: scores.get(number, float("-inf")))
        candidates = tuple(Candidate(c.text, c.outcome, scores.get(number)) for number, c in enumerate(completions))
        usage = sum((completion.usage for completion in completions), Usage())
        if on_text is not None:
            on_text(completions[best].text)
        return Decoded(dataclasses.replace(completions[best], usage=usage), candidates)

    def _scores(self, prompted: Prompted, persona: Persona, completions: Sequence[Completion]) -> dict[int, float]:
        usable = [number for number, completion in enumerate(completions) if completion.outcome == "answered"]
        texts = [completions[number].text for number in usable]
        return dict(zip(usable, self.score(prompted.messages, persona, texts), strict=True)) if usable else {}
