"""Preference pairs without anybody to ask: what several rewards agree on, and what a model confirms of its own replies.

`agreed` filters, `verified` and `by_others` build, `rows` writes what TRL reads. No torch is needed for any of it.
"""

from __future__ import annotations

from personae.train.preference_pairs.agreed import Agreed, AsJudge, Candidates, Implicit, Preference, agreed, penalty
from personae.train.preference_pairs.by_others import Ranked, ranked
from personae.train.preference_pairs.rows import PreferencePair, write_pairs
from personae.train.preference_pairs.verified import Checked, SelfVerification, Verified, outcomes

__all__ = [
    "Agreed",
    "AsJudge",
    "Candidates",
    "Checked",
    "Implicit",
    "Preference",
    "PreferencePair",
    "Ranked",
    "SelfVerification",
    "Verified",
    "agreed",
    "outcomes",
    "penalty",
    "ranked",
    "write_pairs",
]
