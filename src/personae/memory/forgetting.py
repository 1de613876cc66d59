"""How fast a memory fades: Ebbinghaus' curve with the right sign. Off unless somebody asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from personae.errors import UsageError


def retention(days: float, strength: float = 1.0) -> float:
    """R = e^(−t/S), 0 … 1: what is left of a memory `days` after it was last recalled.

    A larger strength S fades more slowly. [MemoryBank 2023; its released code multiplies by S where the curve divides,
    so that what is recalled often fades fastest.]
    Raises UsageError for a negative time or a strength that is not above 0.

    >>> round(retention(2, 1), 4), round(retention(2, 2), 4)
    (0.1353, 0.3679)
    """
    if not (days >= 0 and strength > 0):
        raise UsageError(f"{days!r} days and strength {strength!r}; give a time ≥ 0 and a strength > 0")
    return math.exp(-days / strength)


@dataclass(frozen=True, slots=True)
class Trace:
    """How strong a memory is (S, starts at 1), and when it last came to mind, in days of any one clock.

    >>> recalled = Trace(recalled_at=10.0).recall(at=12.0)
    >>> recalled.strength, round(recalled.retention(at=14.0), 4)
    (2.0, 0.3679)
    """

    recalled_at: float
    strength: float = 1.0

    def recall(self, at: float) -> Trace:
        """The trace after it came to mind at `at`: S + 1, and time starts again."""
        return Trace(at, self.strength + 1)

    def retention(self, at: float) -> float:
        """What is left of it at `at`."""
        return retention(at - self.recalled_at, self.strength)
