"""What a model believes about groups of people: consistent, robust, fair – or a taste for a place in the list?"""

from __future__ import annotations

from personae.measure.group_beliefs.beliefs import Belief, Beliefs, own_beliefs, read_beliefs
from personae.measure.group_beliefs.measure import GroupBeliefs
from personae.measure.group_beliefs.scores import Fairness, consistency, fairness, position_bias, robustness

__all__ = [
    "Belief",
    "Beliefs",
    "Fairness",
    "GroupBeliefs",
    "consistency",
    "fairness",
    "own_beliefs",
    "position_bias",
    "read_beliefs",
    "robustness",
]
