"""How much persona belongs in this turn: more where the partner asks about it, none in small talk.

Only 18.6 % of a persona's statements bear on a turn, and 38.5 % of turns need none of them (spec, silver labels); a
persona at full strength everywhere is a persona that cannot listen. Source of the idea: Zheng et al. (2020), whose
routing weight is learnt; here a pair scorer reads it off the partner's last turn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.mixing import MAX_INTENSITY, Guidance
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.types import Message, PairScorer

#: How much the relevance is sharpened. A calibrated scorer never falls far below the base rate – 18.6 % of statements
#: bear on a turn – so its plain values would let a fifth of the persona into every "hello". Ours; 1 is the plain value.
CONTRAST = 3.0


@dataclass(frozen=True)
class AutoIntensity:
    """Chooses the `Guidance` of a turn: `w = gate(max_s p_rel(s, q)) · (1 + alpha)`, at most 2.5.

    s are the persona's own statements, q the partner's last turn, and `gate` sharpens by `contrast`. A turn that cannot
    be judged – nobody has asked, or the persona has no statements – gets the plain prompt, w = 1.
    """

    scorer: PairScorer
    alpha: float = 0.0
    contrast: float = CONTRAST

    def __post_init__(self) -> None:
        if self.alpha < 0 or self.contrast <= 0:
            raise UsageError(f"alpha must be ≥ 0 and contrast > 0, got {self.alpha!r} and {self.contrast!r}")

    async def __call__(self, prompted: Prompted, persona: Persona) -> Guidance:
        """The guidance for the turn that this prompt asks for."""
        statements = [statement.text for statement in persona.statements if statement.speaker == "self"]
        query = last_said(prompted.messages)
        return Guidance(await auto_weight(self.scorer, statements, query, alpha=self.alpha, contrast=self.contrast))


async def auto_weight(
    scorer: PairScorer, statements: Sequence[str], query: str, *, alpha: float = 0.0, contrast: float = CONTRAST
) -> float:
    """The intensity for a query, 0 … 2.5; 1 without statements or without a query.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = ScriptedPairs(relevant={("I own a dog.", "Any pets?"): 0.8})
    >>> asked = ["I own a dog.", "I sail."], "Any pets?"
    >>> [round(asyncio.run(auto_weight(scorer, *asked, alpha=0.5, contrast=contrast)), 3) for contrast in (1, 3)]
    [1.2, 1.477]
    """
    if not statements or not query.strip():
        return 1.0
    relevance = await scorer.relevance(list(statements), [query] * len(statements), to="query")
    return min(MAX_INTENSITY, gate(min(1.0, float(max(relevance))), contrast) * (1 + alpha))


def gate(share: float, contrast: float) -> float:
    """A share pushed away from one half, towards 0 or 1: p^c / (p^c + (1 − p)^c).

    >>> [round(gate(p, 3.0), 3) for p in (0.0, 0.2, 0.5, 0.8, 1.0)]
    [0.0, 0.015, 0.5, 0.985, 1.0]
    """
    held, rest = math.pow(share, contrast), math.pow(1 - share, contrast)
    return held / (held + rest)


def last_said(messages: Sequence[Message], role: str = "user") -> str:
    """The newest text of a role; empty if there is none."""
    return next((message.content for message in reversed(messages) if message.role == role), "")
