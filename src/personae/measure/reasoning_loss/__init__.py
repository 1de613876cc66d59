"""Does playing somebody cost reasoning, and is what is lost knowledge, or the will to answer?

`statuses` reads one reply, `suite` is the audit, `questions` reads files of the user's.
"""

from __future__ import annotations

from personae.measure.reasoning_loss.questions import question, read_questions
from personae.measure.reasoning_loss.statuses import STATUSES, Read, Tally, read_reply
from personae.measure.reasoning_loss.suite import ReasoningSuite, mitigations

__all__ = ["STATUSES", "Read", "ReasoningSuite", "Tally", "mitigations", "question", "read_questions", "read_reply"]
