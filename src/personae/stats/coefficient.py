"""A coefficient about a table of people and items, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from personae.stats.distributions import normal_quantile
from personae.stats.intervals import FloatArray

#: Share of the values drawn again that has to lie on either side of the value itself.
FEWEST_BESIDE = 0.01


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A value or a reason, never both.

    n:         how many people (rows) it rests on.
    dropped:   numbers of the columns that were left out because nothing varies in them, from 0.
    low, high: the 95 % interval, None where none was asked for or can be had.

    >>> Coefficient(reason="one item; two are needed").value is None
    True
    """

    value: float | None = None
    reason: str | None = None
    n: int = 0
    dropped: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"a coefficient has a value or a reason, not {self.value!r} and {self.reason!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a coefficient cannot be {self.value!r}; give a reason instead")

    def within(self, drawn: FloatArray, *, level: float = 0.95) -> Coefficient:
        """With the bias-corrected percentile interval (Efron 1981) of values drawn again.

        No interval where fewer than half of them are defined, or nearly all lie on one side of the value: then drawing
        again changes what is measured, as it does for lambda 6 of many items and few people.
        """
        defined = drawn[np.isfinite(drawn)]
        if self.value is None or not len(drawn) or len(defined) < len(drawn) / 2:
            return self
        below = (float((defined < self.value).mean()) + float((defined <= self.value).mean())) / 2
        if not FEWEST_BESIDE <= below <= 1 - FEWEST_BESIDE:
            return self
        centre, half = normal_quantile(below), normal_quantile(0.5 + level / 2)
        low, high = np.quantile(defined, [_cdf(2 * centre - half), _cdf(2 * centre + half)])
        return replace(self, low=float(low), high=float(high))


def _cdf(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2
