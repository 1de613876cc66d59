"""Stubs that take a stance by whom they talk to, and a scorer that reads them word for word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from personae.measure.stance import Claim, own_claims
from personae.models import ScriptedPairs
from personae.types import Completion

CLAIMS = own_claims()
BY_TEXT = {claim.text: claim for claim in CLAIMS}
SIGNS = {"love": "high", "neither like": "neutral", "hate": "low"}

Says = Callable[[str, Claim], str | Completion]


@dataclass
class Stub:
    """A model that answers by relation ("high", "neutral", "low", "none") and claim."""

    says: Says
    name: str = "stub"

    async def generate(self, messages, settings) -> Completion:
        text = messages[-1].content
        relation = next((kind for sign, kind in SIGNS.items() if sign in text), "none")
        answer = self.says(relation, BY_TEXT[re.search(r'"(.+?)"', text)[1]])
        return answer if isinstance(answer, Completion) else Completion(answer)

    async def logprobs(self, messages, options):
        raise NotImplementedError


def exact() -> ScriptedPairs:
    """Reads the claim itself as agreement, its twin as opposition, and anything else as neither."""
    same = {(claim.text, claim.text): (0.0, 0.0, 1.0) for claim in CLAIMS}
    return ScriptedPairs(same | {(claim.twin, claim.text): (1.0, 0.0, 0.0) for claim in CLAIMS})


def truth(claim: Claim) -> str:
    return claim.text if claim.so else claim.twin
