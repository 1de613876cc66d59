"""Several metrics side by side, never merged: which pull apart, which rows no other row beats, who leaves a band.

Nothing here gives one number over metrics, on purpose: metrics that contradict each other carry information that a mean
throws away. [Embracing Contradiction: Theoretical Inconsistency Will Not Impede the Road of Building Responsible AI
Systems, 2025]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

from personae.errors import UsageError
from personae.stats.correlation import kendall

#: Two metrics contradict each other where Kendall's tau of the oriented values is below this (our line).
TENSION = -0.3
#: With fewer rows than this everything here describes these rows and says nothing of others.
FEWEST_ROWS = 5

Place = Literal["inside", "outside"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, which way is better, and the band its value should stay in; an end that is None is open."""

    name: str
    better: Literal["higher", "lower"] = "higher"
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.better not in ("higher", "lower"):
            raise UsageError(f"{self.name!r} is better {self.better!r}; say higher or lower")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise UsageError(f"the band of {self.name!r} is empty: {self.low!r} to {self.high!r}")

    def oriented(self, value: float) -> float:
        """The value, turned so that more is better."""
        return value if self.better == "higher" else -value

    def place(self, value: float | None) -> Place | None:
        """Where a value lies; None without a value, or without a band."""
        if value is None or (self.low is None and self.high is None):
            return None
        above = self.low is None or value >= self.low
        return "inside" if above and (self.high is None or value <= self.high) else "outside"


@dataclass(frozen=True, slots=True)
class Tension:
    """Two metrics over the `n` rows that have both: Kendall's tau-b of the oriented values, or why there is none."""

    first: str
    second: str
    tau: float | None
    n: int
    reason: str | None = None

    @property
    def contradictory(self) -> bool:
        """Whether what raises one lowers the other."""
        return self.tau is not None and self.tau < TENSION


@dataclass(frozen=True)
class Scorecard:
    """Rows – personas, models, runs – by metrics. A missing value is None: its row stays, but is in no front that looks
    at this metric.

    >>> gaps = Metric("parity", "lower"), Metric("odds", "lower")
    >>> card = Scorecard(gaps, {"a": {"parity": 0.02, "odds": 0.20}, "b": {"parity": 0.20, "odds": 0.02}})
    >>> [(each.tau, each.contradictory) for each in card.tensions], card.front()
    ([(-1.0, True)], ('a', 'b'))
    """

    metrics: tuple[Metric, ...]
    rows: Mapping[str, Mapping[str, float | None]]

    def __post_init__(self) -> None:
        names = [metric.name for metric in self.metrics]
        if not names or len(set(names)) < len(names):
            raise UsageError(f"a scorecard needs metrics with different names, got {names!r}")
        for row, values in self.rows.items():
            for name in names:
                value = values.get(name)
                if value is not None and not math.isfinite(value):
                    raise UsageError(f"{row!r} has {value!r} for {name!r}; leave out what could not be measured")

    @property
    def descriptive(self) -> bool:
        """Whether there are too few rows to say anything but what these rows are."""
        return len(self.rows) < FEWEST_ROWS

    @property
    def oriented(self) -> dict[str, dict[str, float | None]]:
        """The matrix, turned so that more is better everywhere."""
        return {
            row: {m.name: None if (value := values.get(m.name)) is None else m.oriented(value) for m in self.metrics}
            for row, values in self.rows.items()
        }

    @cached_property
    def tensions(self) -> tuple[Tension, ...]:
        """One for each pair of metrics, in their order."""
        return tuple(self._tension(first, second) for first, second in combinations(self.metrics, 2))

    def front(self, metrics: Sequence[str] | None = None) -> tuple[str, ...]:
        """The rows that no other row equals or beats in all of these metrics and beats in one; all metrics when None.

        Raises UsageError for an unknown metric.
        """
        names = [metric.name for metric in self.metrics] if metrics is None else list(metrics)
        if unknown := sorted(set(names) - {metric.name for metric in self.metrics}):
            raise UsageError(f"no metric is called {unknown[0]!r}; there are {', '.join(m.name for m in self.metrics)}")
        whole: dict[str, list[float]] = {}
        for row, values in self.oriented.items():
            cells = [value for name in names if (value := values[name]) is not None]
            if len(cells) == len(names):
                whole[row] = cells
        return tuple(row for row, cells in whole.items() if not any(_beats(each, cells) for each in whole.values()))

    def places(self, row: str) -> dict[str, Place | None]:
        """Where each value of a row lies in its band."""
        return {metric.name: metric.place(self.rows[row].get(metric.name)) for metric in self.metrics}

    def traded(self, before: str, after: str) -> tuple[tuple[str, str], ...]:
        """What was paid for with what: pairs of a metric that gained from one row to the other, and one that left its
        band on the way.

        >>> card = Scorecard((Metric("kept"), Metric("odd", "lower", high=0.1)), {
        ...     "old": {"kept": 0.5, "odd": 0.1}, "new": {"kept": 0.9, "odd": 0.3}})
        >>> card.traded("old", "new")
        (('kept', 'odd'),)
        """
        old, new, oriented = self.places(before), self.places(after), self.oriented
        gained = [
            metric.name
            for metric in self.metrics
            if (a := oriented[before][metric.name]) is not None
            and (b := oriented[after][metric.name]) is not None
            and b > a
        ]
        left = [metric.name for metric in self.metrics if (old[metric.name], new[metric.name]) == ("inside", "outside")]
        return tuple((gain, loss) for loss in left for gain in gained if gain != loss)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data: metrics, rows as measured, tensions, the front over all metrics, bands."""
        return {
            "metrics": [asdict(metric) for metric in self.metrics],
            "rows": {row: {m.name: values.get(m.name) for m in self.metrics} for row, values in self.rows.items()},
            "tensions": [asdict(each) | {"contradictory": each.contradictory} for each in self.tensions],
            "front": list(self.front()),
            "places": {row: self.places(row) for row in self.rows},
            "descriptive": self.descriptive,
        }

    def _tension(self, first: Metric, second: Metric) -> Tension:
        pairs = [
            (values[first.name], values[second.name])
            for values in self.oriented.values()
            if values[first.name] is not None and values[second.name] is not None
        ]
        if len(pairs) < 2:
            return Tension(first.name, second.name, None, len(pairs), "fewer than two rows have both")
        tau = kendall([x for x, _ in pairs if x is not None], [y for _, y in pairs if y is not None])
        if math.isnan(tau):
            return Tension(first.name, second.name, None, len(pairs), "one of them does not vary")
        return Tension(first.name, second.name, tau, len(pairs))


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and any(a > b for a, b in zip(one, other, strict=True))
