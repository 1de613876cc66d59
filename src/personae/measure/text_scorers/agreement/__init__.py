"""Does a reply agree with what was said to it, disagree, or take no side? Rules to read, and the audit of many."""

from __future__ import annotations

from personae.measure.text_scorers.agreement.audit import Statement, agreement, more_agreement, read_table
from personae.measure.text_scorers.agreement.stance import STANCES, Stance, card, stance

__all__ = [
    "STANCES",
    "Stance",
    "Statement",
    "agreement",
    "card",
    "more_agreement",
    "read_table",
    "stance",
]
