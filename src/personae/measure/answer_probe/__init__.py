"""Will the answer be truthful, or in persona? Read from what a network holds before it has said a word."""

from __future__ import annotations

from personae.measure.answer_probe.folds import group_folds
from personae.measure.answer_probe.probe import Abstaining, Probed, probe, shuffled

__all__ = ["Abstaining", "Probed", "group_folds", "probe", "shuffled"]
