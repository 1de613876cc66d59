"""Can assigned traits be told apart: in the scores of a questionnaire, and in what was written?

`people` reads tables, `effects` holds the numbers of one pair of groups, `leaks` finds texts that name their trait,
`recovery` tells poles from texts, `report` puts it together.
"""

from __future__ import annotations

from personae.measure.separability.effects import Effect, effect
from personae.measure.separability.leaks import LeakReport, Stems, leak_report
from personae.measure.separability.people import Person, poles, read_scores, read_texts
from personae.measure.separability.recovery import Recovery, recovery
from personae.measure.separability.report import Separability, leaks_of, separability

__all__ = [
    "Effect",
    "LeakReport",
    "Person",
    "Recovery",
    "Separability",
    "Stems",
    "effect",
    "leak_report",
    "leaks_of",
    "poles",
    "read_scores",
    "read_texts",
    "recovery",
    "separability",
]
