"""A decision as a multiple-choice question: what was recalled, what the character is like, and what happens now.

The oldest memories stand first, so that they are what goes where a model cannot read it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personae.files import bundled
from personae.measure.decisions.decision import Decision
from personae.models.choices import Mcq
from personae.types import Message


def mcq_of(decision: Decision, memories: Sequence[int] = ()) -> Mcq:
    """The decision with its whole description and these memories (indices); options are not part of the prompt.

    >>> rain = Decision("d", "Ana", "Rain.", "Does she go?", ("Yes", "No", "Later", "Never"), 1, "Bold.", ("Sun.",))
    >>> mcq_of(rain, [0]).context.splitlines()
    ['What Ana remembers:', '- Sun.', '', 'About Ana:', '- Bold.', '', 'Now:', 'Rain.']
    """
    texts = said(decision)
    blocks = [
        _listed(texts["memories"], [decision.memories[index] for index in memories]),
        _listed(texts["description"], decision.parts),
        f"{texts['scenario']}\n{decision.scenario}",
    ]
    return Mcq(
        decision.id,
        decision.question,
        decision.options,
        decision.gold,
        before=(Message("system", texts["system"]),),
        context="\n\n".join(block for block in blocks if block),
    )


def said(decision: Decision) -> dict[str, str]:
    """What we say around a decision, with the character's name in it."""
    return {key: str(text).replace("{name}", decision.character) for key, text in _texts().items()}


def _listed(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else ""


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")
