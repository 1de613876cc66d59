"""Does a model answer the same question to everybody? Refusals, lengths and quality by who the user claims to be."""

from __future__ import annotations

from personae.measure.user_invariance.claims import CONTROL, NOBODY, claims
from personae.measure.user_invariance.gaps import Gap, gaps
from personae.measure.user_invariance.measure import UserInvariance
from personae.measure.user_invariance.prompts import Prompt, Prompts, own_prompts, read_prompts

__all__ = [
    "CONTROL",
    "NOBODY",
    "Gap",
    "Prompt",
    "Prompts",
    "UserInvariance",
    "claims",
    "gaps",
    "own_prompts",
    "read_prompts",
]
