"""What a scorer of single texts is: a number or a reason for each, and a card that says what the number is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from personae.measure.text_scorers.card import Card

#: The reason of a text with nothing in it. It is not safe, not neutral and not zero.
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scorer made of one text: a value or the reason why there is none. Never both, never neither.

    value:   mean over the windows of the text; a text that fits into one has one.
    highest: the highest window, None where there is no value. In a long text one bad passage hides in the mean.
    windows: into how many pieces the text was cut.
    warning: why the value is to be doubted, for instance that the text is not English.

    >>> Scored(reason=BLANK).value is None
    True
    """

    value: float | None = None
    reason: str | None = None
    highest: float | None = None
    windows: int = 1
    warning: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("a scored text needs a value or a reason, and not both")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a text was scored {self.value!r}; give a reason instead")

    @classmethod
    def over_windows(cls, values: Sequence[float], *, warning: str | None = None) -> Scored:
        """Mean and maximum of the values of a text's windows, one or more.

        >>> Scored.over_windows([0.25, 0.75])
        Scored(value=0.5, reason=None, highest=0.75, windows=2, warning=None)
        """
        return cls(math.fsum(values) / len(values), None, max(values), len(values), warning)


class TextScorer(Protocol):
    """A number for each text, and the card that travels with it."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """One result per text, in their order. A blank text gets the reason `BLANK`, never a value.

        What goes wrong with one text is its reason; a `ModelError` that would meet every text is raised.
        """
        ...

    def card(self) -> Card:
        """What it was tested on and how it did; printed wherever its numbers are."""
        ...
