"""A model without probabilities, for tests: what it says is read, as with an API that gives no log-probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from personae.models.scoring import letters_prompt, parsed_scores
from personae.models.scripted import Scripted
from personae.types import Completion, Message, OptionScores


class Reading(Scripted):
    """Says what a function of the listed options says."""

    def __init__(self, says: Callable[[Sequence[str]], str | Completion]) -> None:
        super().__init__()
        self._says = says

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        scores = await super().logprobs(letters_prompt(messages, options), options)
        said = self._says(options)
        return parsed_scores(said if isinstance(said, Completion) else Completion(said, scores.usage), options)
