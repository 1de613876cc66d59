"""Where a persona helps and where it harms: both solvers beside the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confusion:
    """Shares (or per cent) of questions: both solvers right, only the persona, only the neutral one, neither."""

    both_right: float
    persona_fixes: float
    persona_breaks: float
    both_wrong: float

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Confusion:
        """From (persona right, neutral right) of each question; all 0 without any.

        >>> Confusion.of([(True, True), (True, False), (False, True), (False, False)]).oracle
        0.75
        """
        rows = [(bool(persona), bool(neutral)) for persona, neutral in pairs]
        cells = ((True, True), (True, False), (False, True), (False, False))
        return cls(*(rows.count(cell) / max(1, len(rows)) for cell in cells))

    @property
    def persona(self) -> float:
        """How often the persona is right."""
        return self.both_right + self.persona_fixes

    @property
    def neutral(self) -> float:
        """How often the neutral solver is right."""
        return self.both_right + self.persona_breaks

    @property
    def oracle(self) -> float:
        """The ceiling of any choice between the two: one of them is right."""
        return self.both_right + self.persona_fixes + self.persona_breaks
