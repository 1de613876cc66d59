"""Models that answer multiple-choice questions by a rule: one reads the options, others look at the place alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from personae.errors import ContextOverflow
from personae.models.scoring import letters_prompt
from personae.types import Completion, Message, OptionScores, Settings, Usage

LISTED = re.compile(r"^([A-Z])\. (.+)$", re.MULTILINE)


class Chooser:
    """Picks by `rule(prompt text, options) -> index`, whichever way it is asked; `method` is how it scores options.

    An "exact" model does not see the options unless they are listed in the prompt, as the real ones do not.
    """

    name = "chooser"

    def __init__(
        self, rule: Callable[[str, Sequence[str]], int], method: str = "letters", longest: int = 10**9
    ) -> None:
        self.rule, self.method, self.longest = rule, method, longest
        self.scored: list[tuple[str, ...]] = []
        self.prompts: list[str] = []

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        self.scored.append(tuple(options))
        asked = messages if self.method == "exact" else letters_prompt(messages, options)
        text = self.read(asked)
        listed = [option for _, option in LISTED.findall(text)]
        pick = self.rule(text, listed if len(listed) == len(options) else options)
        floor = -math.inf if self.method == "parsed" else -20.0
        scores = tuple(0.0 if place == pick else floor for place in range(len(options)))
        return OptionScores(scores, (1,) * len(options), self.method, usage=Usage(1, 1))

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        text = self.read(messages)
        return Completion("ABCDEFGHIJ"[self.rule(text, [option for _, option in LISTED.findall(text)])], Usage(1, 1))

    def read(self, messages: Sequence[Message]) -> str:
        text = "\n".join(message.content for message in messages)
        if len(text.split()) > self.longest:
            raise ContextOverflow(f"{len(text.split())} words, but only {self.longest} are read")
        self.prompts.append(text)
        return text


def by_text(text: str, options: Sequence[str]) -> int:
    """The option named in "The answer is …" above the list, else the longest option (ties: alphabet)."""
    said = re.search(r"The answer is ([^.]+)\.", text)
    if said and said[1] in options:
        return list(options).index(said[1])
    return options.index(max(options, key=lambda option: (len(option), option)))


def first(text: str, options: Sequence[str]) -> int:
    """Place A."""
    return 0
