"""Does the persona lie where a lie would pay?

`scenarios` are situations, `measure` plays them, `judging` holds answers against what is true, `released` reads counts
of others.
"""

from __future__ import annotations

from personae.measure.deception.judging import DeceptionJudge, Judged, Told
from personae.measure.deception.measure import Deception
from personae.measure.deception.released import Counts, read_counts
from personae.measure.deception.scenarios import Scenario, own_scenarios, read_scenarios

__all__ = [
    "Counts",
    "Deception",
    "DeceptionJudge",
    "Judged",
    "Scenario",
    "Told",
    "own_scenarios",
    "read_counts",
    "read_scenarios",
]
