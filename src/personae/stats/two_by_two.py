"""Two answers to a yes-or-no question, crossed: McNemar's test for pairs, Yates' for groups, and how much changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personae.errors import UsageError
from personae.stats.counts import ChiSquare
from personae.stats.intervals import Interval
from personae.stats.paired import mcnemar

#: With fewer in one of the two cells the chi-square of McNemar's test is no good, and the exact test counts.
EXACT_BELOW = 25


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test of the pairs that differ: right only the first time, right only the second.

    exact:     two-sided binomial p, always valid; without a pair that differs it is 1.
    corrected: p of (|b − c| − 1)² / (b + c) with one degree of freedom (Edwards 1948); None where a cell is below 25.

    >>> round(McNemar(10, 2).exact, 7), McNemar(10, 2).corrected
    (0.0385742, None)
    """

    only_first: int
    only_second: int

    @classmethod
    def of(cls, first: Mapping[str, bool], second: Mapping[str, bool]) -> McNemar:
        """Of two runs over the same items. Raises `UsageError` where one of them has an item the other lacks."""
        if odd := sorted(first.keys() ^ second.keys()):
            raise UsageError(
                f"{len(odd)} items are in one run only, such as {odd[0]!r}; compare runs of the same items"
            )
        return cls(
            sum(first[id] and not second[id] for id in first),
            sum(second[id] and not first[id] for id in first),
        )

    @property
    def exact(self) -> float:
        """The exact p."""
        return mcnemar(self.only_first, self.only_second)

    @property
    def corrected(self) -> float | None:
        """The p of the corrected chi-square, where there are enough pairs for it."""
        if min(self.only_first, self.only_second) < EXACT_BELOW:
            return None
        away = abs(self.only_first - self.only_second) - 1
        return ChiSquare(max(0, away) ** 2 / (self.only_first + self.only_second), 1).p

    @property
    def p(self) -> float:
        """The corrected p where there are enough pairs, else the exact one."""
        return self.exact if self.corrected is None else self.corrected


def yates(first: tuple[int, int], second: tuple[int, int]) -> ChiSquare:
    """Do two groups of (yes, no) differ? Pearson's chi-square less Yates' correction (1934), one degree of freedom.

    The correction takes ½ off each deviation, and never more than the deviation. Raises `UsageError` for negative
    counts, or where nobody said yes, nobody no, or a group is empty.

    >>> round(yates((69, 229), (62, 237)).p, 3)
    0.539
    """
    rows = (first, second)
    n = sum(map(sum, rows))
    columns = [sum(row[at] for row in rows) for at in (0, 1)]
    if min(map(min, rows)) < 0 or not min(*map(sum, rows), *columns) > 0:
        raise UsageError(f"{first!r} against {second!r} cannot be tested; give counts of yes and no, none all 0")
    statistic = 0.0
    for row in rows:
        for seen, column in zip(row, columns, strict=True):
            expected = sum(row) * column / n
            away = abs(seen - expected)
            statistic += (away - min(0.5, away)) ** 2 / expected
    return ChiSquare(statistic, 1)


def apart(first: Interval, second: Interval) -> bool:
    """Whether two intervals do not touch. A conservative sign of a difference and never a test: intervals of groups
    that differ significantly may well overlap.

    >>> from personae.stats.intervals import wilson
    >>> apart(wilson(1, 100), wilson(50, 100)), apart(wilson(40, 100), wilson(50, 100))
    (True, False)
    """
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.high < second.low or second.high < first.low


def relative_change(value: float, base: float) -> float | None:
    """(value − base) / base; None where the base is 0.

    >>> relative_change(0.3, 0.6), relative_change(0.1, 0.0)
    (-0.5, None)
    """
    return (value - base) / base if base else None
