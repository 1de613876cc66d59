"""Rewards under test: do they know which reply belongs to which ask, do they stay the same, and how to mend them.

`roles` says what a reward is, `contrast` and `steadiness` test one, `repairs` mends.
"""

from __future__ import annotations

from personae.judges.rewards.contrast import (
    Contrast,
    Contrasts,
    contrast_test,
    contrast_test_of_pairs,
    from_log,
    read_contrasts,
)
from personae.judges.rewards.repairs import Fused, convex_da, fused, hull
from personae.judges.rewards.roles import Judged, Reward, Similarity
from personae.judges.rewards.steadiness import steadiness, steadiness_of_pairs

__all__ = [
    "Contrast",
    "Contrasts",
    "Fused",
    "Judged",
    "Reward",
    "Similarity",
    "contrast_test",
    "contrast_test_of_pairs",
    "convex_da",
    "from_log",
    "fused",
    "hull",
    "read_contrasts",
    "steadiness",
    "steadiness_of_pairs",
]
