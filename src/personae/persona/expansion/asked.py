"""Facts from a language model: one question for each relation, five worked examples before it, one fact a line."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field

from personae.persona.expansion.facts import SLOTS, Fact, Proposed, Slot, texts
from personae.persona.parts import Statement
from personae.persona.statements import person_of
from personae.types import Message, Model, Outcome, Settings

#: A line of more words is a story, not a fact.
MAX_WORDS = 25
_LINE = re.compile(r"[-*•][ \t]+(?P<fact>\S.*)")


@dataclass(frozen=True)
class AskedFacts:
    """Up to `per_slot` facts for each of the five relations (PeaCoK asks for 5 with 5 examples): five calls.

    A model of some ability is needed; one of 135 million parameters repeats the examples. `confidence` is what a
    model's fact is worth before it was compared with what is given.
    """

    model: Model
    settings: Settings = field(default_factory=lambda: Settings(temperature=0.9, max_tokens=200))
    per_slot: int = 5
    confidence: float = 0.7
    language: str = field(default="en", init=False)

    async def __call__(self, statement: Statement) -> Proposed:
        """The facts of all slots; answers that are none are counted."""
        answers = await asyncio.gather(*(self._ask(statement, slot) for slot in SLOTS))
        facts = tuple(
            Fact(line, slot, statement, self.confidence)
            for slot, (lines, _) in zip(SLOTS, answers, strict=True)
            for line in lines[: self.per_slot]
        )
        return Proposed(facts, Counter(outcome for _, outcome in answers if outcome != "answered"))

    async def _ask(self, statement: Statement, slot: Slot) -> tuple[tuple[str, ...], Outcome]:
        said = await self.model.generate(prompt(statement.text, slot, self.per_slot), self.settings)
        if said.outcome != "answered":
            return (), said.outcome
        lines = read_facts(said.text)
        return (lines, "answered") if lines is not None else ((), "unparsed")


def prompt(text: str, slot: Slot, count: int = 5) -> tuple[Message, ...]:
    """What the model reads: the task of the slot, five examples, the statement."""
    asked = texts("asked.en")
    messages = [Message("system", f"{asked['task'].strip()}\n{asked['slots'][slot]['ask']} {asked['at_most']}{count}.")]
    for example in asked["slots"][slot]["examples"]:
        messages.append(Message("user", example["statement"]))
        messages.append(Message("assistant", "\n".join(f"- {fact}" for fact in example["facts"])))
    return (*messages, Message("user", text))


def read_facts(answer: str) -> tuple[str, ...] | None:
    """The facts of an answer, one on each line after a dash; None if any line is something else.

    A fact speaks in the first person and has at most 25 words.

    >>> read_facts("- I get up at five.\\n- My boots are never clean.")
    ('I get up at five.', 'My boots are never clean.')
    >>> read_facts("Sure! Here are some facts:\\n- I get up at five.") is None
    True
    """
    found: list[str] = []
    for line in filter(None, map(str.strip, answer.splitlines())):
        match = _LINE.fullmatch(line)
        if not match or len(match["fact"].split()) > MAX_WORDS or person_of(match["fact"]) != "first":
            return None
        found.append(match["fact"].strip())
    return tuple(found) or None
