"""What a pair scorer raises when some pairs have no numbers: the reasons, and the rows that were had all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personae.errors import BadResponse


class PairsUnanswered(BadResponse):
    """Some pairs of a call could not be judged. A failure is never a score, so nothing stands in for them.

    rows:    what `score` or `relevance` would have given, NaN where there is no answer.
    reasons: position of the pair -> why, starting with one word: "unparsed", "refused", "empty", "truncated",
             "failed".
    """

    def __init__(self, message: str, rows: Any, reasons: Mapping[int, str]) -> None:
        super().__init__(message)
        self.rows = rows
        self.reasons = dict(reasons)
