"""A model whose behaviour is known, so that every number a measure gives can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from personae.types import Completion, Message, OptionScores, Settings, Usage


@dataclass
class Reader:
    """Prefers the option whose words stand in its prompt, and answers with whatever `says` gives."""

    says: Callable[[Sequence[Message]], str] = lambda messages: "I see."
    name: str = "reader"
    method: str = "exact"
    asked: list[Sequence[Message]] = field(default_factory=list)

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        self.asked.append(messages)
        return Completion(self.says(messages), Usage(100, 10, 0, 0.5))

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        read = " ".join(message.content for message in messages).casefold()
        hits = [sum(word.strip(".").casefold() in read for word in option.split()) for option in options]
        scores = tuple(-10.0 + hit / len(option.split()) for hit, option in zip(hits, options, strict=True))
        return OptionScores(scores, (1,) * len(options), self.method)
