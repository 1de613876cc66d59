"""Does a model agree with itself? Over re-samples, over ways to decode, and inside. [Internal Consistency, 2024]

`agreement` is the number, `levels` gathers the answers at each of three levels, `feedback` shows a model how far its
answers agree and asks again, `measure` puts a persona to it. Consistency is not correctness.
"""

from __future__ import annotations

from personae.measure.internal_consistency.agreement import Agreement, agreement
from personae.measure.internal_consistency.feedback import Settled, settle
from personae.measure.internal_consistency.levels import Answers, decoding, latent, response
from personae.measure.internal_consistency.measure import InternalConsistency

__all__ = [
    "Agreement",
    "Answers",
    "InternalConsistency",
    "Settled",
    "agreement",
    "decoding",
    "latent",
    "response",
    "settle",
]
