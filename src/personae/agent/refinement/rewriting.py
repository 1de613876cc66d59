"""What passes between the editor and those who rewrite for it: the role `Rewrite`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from personae.agent.refinement.spans import ReplySpan
from personae.types import Outcome, Usage


@dataclass(frozen=True, slots=True)
class Proposals:
    """Whole replies to put in place of one, best first; without any, `outcome` tells why there are none."""

    texts: tuple[str, ...]
    outcome: Outcome = "answered"
    usage: Usage = field(default=Usage())


class Rewrite(Protocol):
    """Rewrites the contradicting spans of a reply. What is proposed is judged afterwards, so it may be bold."""

    async def __call__(self, reply: str, spans: Sequence[ReplySpan], statements: Sequence[str]) -> Proposals:
        """Proposals that agree with the statements, the most violated of which stands first."""
        ...
