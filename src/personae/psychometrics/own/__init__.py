"""Our own instruments and questions: all texts here are written by us and may be used, changed and passed on.

They have no norms. What they are for: to see whether a persona moves, in whatever direction, with every item known to
be absent from published questionnaires a model may have read.
"""

from __future__ import annotations

from personae.psychometrics.own.reading import (
    InterviewQuestion,
    own_instrument,
    own_interview,
    own_names,
    own_opinions,
)

__all__ = ["InterviewQuestion", "own_instrument", "own_interview", "own_names", "own_opinions"]
