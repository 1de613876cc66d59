"""How much persona belongs in this turn: more where the partner asks about it, none in small talk.

Only 18.6 % of a persona's statements bear on a turn, and 38.5 % of turns need none of them (spec, silver labels); a
persona at full strength everywhere is a persona that cannot listen. Source of the idea: Zheng et al. (2020), whose
routing weight is learnt; here a pair scorer reads it off the partner's last turn.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent.decoding.mixing import MAX_INTENSITY, Guidance
from personae.agent.decoding.scores import last_said
from personae.agent.reading import Unread, readable
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import PairScorer

#: How much the relevance is sharpened, and where half of the persona is let in. A calibrated scorer never falls far
#: below the base rate – 18.6 % of statements bear on a turn – so its plain values would let a fifth of the persona into
#: every "hello"; and the most relevant of many statements is always a little relevant. Ours: of forty lines that were
#: looked at the nearest small talk had .49, the farthest question .92. Contrast 1 and centre .5 give the plain value.
CONTRAST, CENTRE = 3.0, 0.7

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AutoIntensity:
    """Chooses the `Guidance` of a turn: `w = gate(max_s p_rel(s, q)) · (1 + alpha)`, at most 2.5.

    s are the persona's own statements, q the partner's last turn, and `gate` sharpens by `contrast` about `centre`. A
    turn that cannot be judged – nobody has asked, the persona has no statements, or the scorer cannot read them, which
    is logged – gets the plain prompt, w = 1.
    """

    scorer: PairScorer
    alpha: float = 0.0
    contrast: float = CONTRAST
    centre: float = CENTRE

    def __post_init__(self) -> None:
        if self.alpha < 0 or self.contrast <= 0 or not 0 < self.centre < 1:
            raise UsageError(
                "alpha must be ≥ 0, contrast > 0 and centre between 0 and 1, "
                f"got {self.alpha!r}, {self.contrast!r} and {self.centre!r}"
            )

    async def __call__(self, prompted: Prompted, persona: Persona) -> Guidance:
        """The guidance for the turn that this prompt asks for."""
        weight = await auto_weight(
            self.scorer,
            own_texts(persona),
            last_said(prompted.messages, "user"),
            alpha=self.alpha,
            contrast=self.contrast,
            centre=self.centre,
        )
        return Guidance(weight)


async def auto_weight(
    scorer: PairScorer,
    statements: Sequence[str],
    query: str,
    *,
    alpha: float = 0.0,
    contrast: float = CONTRAST,
    centre: float = CENTRE,
) -> float:
    """The intensity for a query, 0 … 2.5; 1 without statements or without a query that the scorer can read.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = ScriptedPairs(relevant={("I own a dog.", "Any pets?"): 0.8})
    >>> asked = ["I own a dog.", "I sail."], "Any pets?"
    >>> round(asyncio.run(auto_weight(scorer, *asked, alpha=0.5, contrast=1, centre=0.5)), 3)
    1.2
    """
    if not statements or not query.strip():
        return 1.0
    try:
        readable(scorer, [query], "turns")
        statements = [statements[place] for place in readable(scorer, statements, "statements")]
    except Unread as error:
        logger.warning("the persona speaks at its plain intensity: %s", error)
        return 1.0
    relevance = await scorer.relevance(list(statements), [query] * len(statements), to="query")
    return min(MAX_INTENSITY, gate(min(1.0, float(max(relevance))), contrast, centre) * (1 + alpha))


def gate(share: float, contrast: float, centre: float = 0.5) -> float:
    """A share pushed away from the centre, towards 0 or 1: its odds over those of the centre, to the power of contrast.

    >>> [round(gate(p, 3.0), 3) for p in (0.0, 0.2, 0.5, 0.8, 1.0)]
    [0.0, 0.015, 0.5, 0.985, 1.0]
    >>> round(gate(0.7, 3.0, centre=0.7), 3)
    0.5
    """
    held, rest = math.pow(share * (1 - centre), contrast), math.pow((1 - share) * centre, contrast)
    return held / (held + rest)
