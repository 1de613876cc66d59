"""One sample, spoken while it is made if somebody listens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from personae.agent.roles import Decoded, OnText, Prompted, counts_tokens
from personae.persona.persona import Persona
from personae.persona.tokens import estimate_tokens
from personae.types import Completion, Model, Settings, StreamingModel, Usage


@dataclass(frozen=True)
class Sample:
    """Asks the model once.

    A stream carries text only: its usage is counted by the model if it can count and estimated otherwise, and
    an answer as long as `max_tokens` counts as cut off.
    """

    clock: Callable[[], float] = time.perf_counter

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """The answer; its pieces go to `on_text` as they come."""
        if on_text is not None and isinstance(model, StreamingModel):
            return Decoded(await self._streamed(model, prompted, settings, on_text))
        completion = await model.generate(prompted.messages, settings)
        if on_text is not None:
            on_text(completion.text)
        return Decoded(completion)

    async def _streamed(
        self, model: StreamingModel, prompted: Prompted, settings: Settings, on_text: OnText
    ) -> Completion:
        start, pieces = self.clock(), []
        async for piece in model.stream(prompted.messages, settings):
            pieces.append(piece)
            on_text(piece)
        text = "".join(pieces)
        written = await model.count_tokens(text) if counts_tokens(model) else estimate_tokens(text)
        usage = Usage(prompted.tokens, written, seconds=self.clock() - start)
        return Completion(text, usage, "length" if written >= settings.max_tokens else "stop")
