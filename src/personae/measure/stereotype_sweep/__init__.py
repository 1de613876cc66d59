"""Do personas change how a model uses stereotypes? `bbq` and `crows` read items, `suite` is the audit."""

from __future__ import annotations

from personae.measure.stereotype_sweep.bbq import read_bbq
from personae.measure.stereotype_sweep.crows import read_pairs
from personae.measure.stereotype_sweep.suite import StereotypeSuite

__all__ = ["StereotypeSuite", "read_bbq", "read_pairs"]
