"""Stereotypes by probabilities: what a model picks where nothing is known, which of two sentences it finds likelier.

`stereotype_sweep` asks the same files by free replies; here options and sentences are scored.
"""

from __future__ import annotations

from personae.measure.stereotypes.bbq import Bbq, BbqQuestion, read_questions
from personae.measure.stereotypes.crows_pairs import CrowsPairs
from personae.measure.stereotypes.items import Pair, read_pairs
from personae.measure.stereotypes.masked import MaskedModel, prefers_first, pseudo_log_likelihood, shared_positions

__all__ = [
    "Bbq",
    "BbqQuestion",
    "CrowsPairs",
    "MaskedModel",
    "Pair",
    "prefers_first",
    "pseudo_log_likelihood",
    "read_pairs",
    "read_questions",
    "shared_positions",
]
