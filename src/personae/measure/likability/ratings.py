"""Seven ratings of one turn, 1 to 5, by the user it was written for, read strictly from JSON. [LikeBench 2025]"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from personae.files import bundled
from personae.judges.asking import ask, filled
from personae.judges.verdicts import Problem, read_object
from personae.types import Message, Model, Outcome, Settings

#: What is rated, in its fixed order.
DIMENSIONS = (
    "emotional_adaptation",
    "formality_matching",
    "knowledge_adaptation",
    "reference_understanding",
    "conversation_length_fit",
    "humour_fit",
    "callback",
)
LOW, HIGH = 1, 5

#: Ratings are asked for greedily, as JSON of this shape where a backend can hold a model to it.
SETTINGS = Settings(
    temperature=0.0,
    max_tokens=200,
    json_schema=json.dumps(
        {
            "type": "object",
            "properties": {name: {"type": "integer", "enum": [1, 2, 3, 4, 5]} for name in DIMENSIONS},
            "required": list(DIMENSIONS),
            "additionalProperties": False,
        }
    ),
)


@dataclass(frozen=True)
class Rated:
    """The ratings of one turn, or how the attempt ended; all seven or none."""

    session: int
    turn: int
    outcome: Outcome
    ratings: Mapping[str, int] = field(default_factory=dict)
    why: str = ""

    @property
    def mean(self) -> float | None:
        """Mean of the seven, 1 … 5; None without ratings."""
        return sum(self.ratings.values()) / len(self.ratings) if self.ratings else None


def read_ratings(text: str) -> dict[str, int] | Problem:
    """The seven whole numbers of an answer; one that is missing, out of range or no whole number spoils all.

    >>> read_ratings('{"callback": 6}').text[:46]
    "'emotional_adaptation' is missing; rate all of"
    """
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    found: dict[str, int] = {}
    for name in DIMENSIONS:
        if name not in tree:
            return Problem(f"{name!r} is missing; rate all of {', '.join(DIMENSIONS)}")
        value = tree[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            return Problem(f"{name!r} is {value!r}; give a whole number from {LOW} to {HIGH}")
        if not LOW <= value <= HIGH:
            return Problem(f"{name!r} is {value!r}, not from {LOW} to {HIGH}")
        found[name] = int(value)
    return found


async def rate(model: Model, persona: str, talk: str, session: int, turn: int, settings: Settings = SETTINGS) -> Rated:
    """What the simulated user thinks of the last message of the talk; asked once more where it cannot be read."""
    own = bundled(__package__, "texts/prompts.en.yaml")
    asked = "\n".join(f"- {name}: {own['dimensions'][name]}" for name in DIMENSIONS)
    example = "{" + ", ".join(f'"{name}": N' for name in DIMENSIONS) + "}"
    fields = {"persona": persona, "talk": talk, "asked": asked, "example": example}
    got = await ask(model, [Message("user", filled(own["rate"], fields))], settings, read_ratings)
    if got.value is None:
        return Rated(session, turn, got.reason or "failed", why=got.why)
    return Rated(session, turn, "answered", got.value)
