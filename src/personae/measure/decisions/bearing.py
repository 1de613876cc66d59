"""The first step of CharMap asked of a model: which parts of the description bear on this decision?

The model sees the numbered parts, the scenario and the question, never the options. Its answer has to be a JSON list of
numbers that exist; anything else is said, and nearness decides in its place. [Character is Destiny, 2024]
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from personae.measure.decisions.decision import Decision
from personae.measure.decisions.mapping import asks
from personae.measure.decisions.prompting import said
from personae.types import Message, Model, Outcome, Settings

#: Who selects the parts.
Bearing = Literal["nearness", "model"]

SETTINGS = Settings(temperature=0.0, top_p=1.0, max_tokens=64)
MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Selected:
    """The parts a model named, most fitting first; or none, and how its answer ended."""

    parts: tuple[int, ...] = ()
    outcome: Outcome = "answered"


async def select(model: Model, decision: Decision, most: int) -> Selected:
    """At most `most` parts that the model holds to bear on the decision; it may hold that none does.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> four = ("Yes", "No", "Later", "Never")
    >>> rain = Decision("d", "Ana", "Rain.", "Does she go?", four, 1, "She bakes. She is bold.")
    >>> asyncio.run(select(Scripted(["[2]"]), rain, 2)), asyncio.run(select(Scripted(["Both, I think."]), rain, 2))
    (Selected(parts=(1,), outcome='answered'), Selected(parts=(), outcome='unparsed'))
    """
    if not decision.parts:
        return Selected()
    numbered = "\n".join(f"{number}. {part}" for number, part in enumerate(decision.parts, 1))
    texts = said(decision)
    asked = f"{texts['description']}\n{numbered}\n\n{texts['scenario']}\n{asks(decision)}\n\n{texts['select']}"
    reply = await model.generate([Message("user", asked.replace("{most}", str(most)))], SETTINGS)
    if reply.outcome != "answered":
        return Selected(outcome=reply.outcome)
    found = _numbers(reply.text, len(decision.parts))
    return Selected(outcome="unparsed") if found is None else Selected(found[:most])


def _numbers(text: str, count: int) -> tuple[int, ...] | None:
    try:
        listed = json.loads(text) if len(text) <= MAX_CHARS else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list) or not all(type(each) is int and 1 <= each <= count for each in listed):
        return None
    return tuple(dict.fromkeys(number - 1 for number in listed))
