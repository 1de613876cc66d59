"""A model that can do every job in PersonaGym: answer, choose places, write questions and examples, and grade.

What it is asked shows in the messages alone, so it also stands in for judges behind a wrapper or an endpoint.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence

from personae.models.scripted import Scripted
from personae.types import Message, Settings

WORDS = ("one", "two", "three", "four", "five")


def examples(count: int) -> str:
    replies = {str(score): f"A reply that is worth {word} points." for score, word in enumerate(WORDS, 1)}
    return json.dumps({f"question {place}": replies for place in range(1, count + 1)})


def grades(*scores: int) -> str:
    if len(scores) == 1:
        return f"Plain and warm. Therefore, the final score is {scores[0]}."
    return "\n".join(
        f"Reply {place}\nPlain and warm. Therefore, the final score is **{score}**."
        for place, score in enumerate(scores, 1)
    )


def job(messages: Sequence[Message]) -> tuple[str, int]:
    """What is asked for ("environments", "questions", "examples", "grades" or "answer"), and for how many."""
    system, asked = messages[0].content, messages[1].content if len(messages) > 1 else ""
    if system.startswith("You prepare interviews"):
        wanted = re.search(r"Write exactly (\d+) questions", asked)
        return ("questions", int(wanted[1])) if wanted else ("environments", 3)
    if system.startswith("You write example replies"):
        return "examples", len(re.findall(r"<question ", asked))
    if system.startswith("You grade how well"):
        return "grades", max(1, len(re.findall(r"^<item ", asked, re.MULTILINE)))
    return "answer", 1


def says(messages: Sequence[Message], scores: Callable[[int], Sequence[int]] = lambda n: range(1, n + 1)) -> str:
    """The answer to any of these jobs; grades are 1, 2, 3, 4, 5 unless told otherwise."""
    what, count = job(messages)
    if what == "environments":
        return json.dumps({"environments": re.findall(r"^- (.+)$", messages[1].content, re.MULTILINE)[:count]})
    if what == "questions":
        kind = re.search(r"will be graded for: (.+)", messages[1].content)[1]
        return json.dumps({"questions": [f"What would you do now ({kind}), case {n}?" for n in range(count)]})
    if what == "examples":
        return examples(count)
    if what == "grades":
        return grades(*scores(count))
    return "I bank the fire and listen at the door."


class Everything(Scripted):
    """Does every job; `delay_s` is how long it takes, `most` how many calls it saw at once."""

    def __init__(
        self, name: str = "stub", say: Callable[[Sequence[Message]], str] = says, delay_s: float = 0.0
    ) -> None:
        super().__init__(say, name)
        self.delay_s, self.now, self.most = delay_s, 0, 0

    async def generate(self, messages: Sequence[Message], settings: Settings):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.delay_s)
            return await super().generate(messages, settings)
        finally:
            self.now -= 1

    def jobs(self) -> list[str]:
        return [job(call.messages)[0] for call in self.history]
