"""Each persona against a control on the same items: how much it differs, how surely, counted together.

An item is one observation, however often it was asked: repeats are averaged first, so that they narrow nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from personae.measure.sweep.subjects import CONTROL, HUMAN
from personae.stats.equivalence import benjamini_hochberg
from personae.stats.intervals import mean_interval, wilson
from personae.stats.paired import sign_flip
from personae.stats.two_by_two import McNemar, apart, relative_change

#: With fewer pairs a test that finds nothing says nothing.
LOW_POWER = 30
#: Draws of the sign-flip test, where values are not just 0 and 1.
FLIPS = 10_000
#: Adjusted p values up to here are called a difference.
LEVEL = 0.05

#: Subject → item → value.
Values = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One subject against one control, over the items both have.

    value, control: the two means. difference: value − control, low–high its 95 % t interval over items.
    relative:   difference / control; None where that is 0.
    p, test:    McNemar's test where every value is 0 or 1 ("exact" or "corrected"), else sign flips over items.
    exact:      the exact McNemar p, wherever there is one.
    q:          p after Benjamini & Hochberg over all contrasts made together.
    apart:      whether the two Wilson intervals do not touch: a conservative flag, no test.
    n, unpaired: items of both, and of one alone. reason: why the contrast says little or nothing.
    """

    subject: str
    against: str
    value: float | None
    control: float | None
    difference: float | None
    low: float | None
    high: float | None
    relative: float | None
    p: float | None
    q: float | None
    test: str
    exact: float | None
    apart: bool
    n: int
    unpaired: int
    reason: str | None = None

    @property
    def found(self) -> bool:
        """Whether it is a difference at 5 % among all contrasts made together."""
        return self.q is not None and self.q <= LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self) | {"found": self.found}


def contrasts(values: Values, against: str = HUMAN, subjects: Iterable[str] | None = None) -> tuple[Contrast, ...]:
    """Every subject (default: all but the control itself) against one of them.

    >>> items = [str(at) for at in range(40)]
    >>> off, on = dict.fromkeys(items, 1.0), {item: float(int(item) >= 12) for item in items}
    >>> (found,) = contrasts({"human": off, "a baker": on})
    >>> found.difference, found.found, found.test
    (-0.3, True, 'exact')
    """
    chosen = [name for name in (values if subjects is None else subjects) if name != against]
    alone = [_contrast(name, against, values.get(name, {}), values.get(against, {})) for name in chosen]
    return together([Contrast(**each, q=None) for each in alone])


def together(many: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """The same contrasts, their p values adjusted for all of them."""
    adjusted = iter(benjamini_hochberg([each.p for each in many if each.p is not None]))
    return tuple(replace(each, q=None if each.p is None else next(adjusted)) for each in many)


def families(tables: Mapping[str, Values], against: str, subjects: Iterable[str]) -> dict[str, tuple[Contrast, ...]]:
    """The contrasts of several tables (an aspect, a component) by name, all of them counted together.

    Where nothing differs at all, anything is found in at most one of twenty audits, however many numbers it has.

    >>> items = [str(at) for at in range(40)]
    >>> off, on = dict.fromkeys(items, 1.0), {item: float(int(item) >= 6) for item in items}
    >>> found = families({"a": {"human": off, "b": on}, "c": {"human": off, "b": off}}, "human", ["b"])
    >>> found["a"][0].p, found["a"][0].q
    (0.03125, 0.0625)
    """
    chosen = list(subjects)
    alone = {name: contrasts(values, against, chosen) for name, values in tables.items()}
    counted = iter(together([each for row in alone.values() for each in row]))
    return {name: tuple(next(counted) for _ in row) for name, row in alone.items()}


def by_item(marks: Iterable[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    """Subject → item → mean, from (subject, item, value) of every cell that has a value.

    >>> by_item([("b", "q1", 1.0), ("b", "q1", 0.0), ("b", "q2", 1.0)])
    {'b': {'q1': 0.5, 'q2': 1.0}}
    """
    held: dict[str, dict[str, list[float]]] = {}
    for subject, item, value in marks:
        held.setdefault(subject, {}).setdefault(item, []).append(value)
    return {subject: {item: sum(each) / len(each) for item, each in items.items()} for subject, items in held.items()}


def personas_of(categories: Mapping[str, str]) -> tuple[str, ...]:
    """The subjects that are no controls, from subject → category."""
    return tuple(name for name, category in categories.items() if category != CONTROL)


def _contrast(subject: str, against: str, on: Mapping[str, float], off: Mapping[str, float]) -> dict[str, Any]:
    shared = sorted(on.keys() & off.keys())
    a, b = {id: on[id] for id in shared}, {id: off[id] for id in shared}
    n = len(shared)
    told: dict[str, Any] = {
        "subject": subject, "against": against, "value": None, "control": None, "difference": None, "low": None,
        "high": None, "relative": None, "p": None, "test": "", "exact": None, "apart": False, "n": n,
        "unpaired": len(on.keys() ^ off.keys()), "reason": "no item is in both",
    }  # fmt: skip
    if not n:
        return told
    moved = [a[id] - b[id] for id in shared]
    interval = mean_interval(moved)
    value, control = sum(a.values()) / n, sum(b.values()) / n
    exact, separate = None, False
    test, p = "sign flips", 1.0
    if all(each in (0.0, 1.0) for each in (*a.values(), *b.values())):
        crossed = McNemar.of({id: bool(v) for id, v in a.items()}, {id: bool(v) for id, v in b.items()})
        test, exact, p = "exact" if crossed.corrected is None else "corrected", crossed.exact, crossed.p
        separate = apart(wilson(round(sum(a.values())), n), wilson(round(sum(b.values())), n))
    else:
        p = sign_flip(moved, n_flips=FLIPS)
    return told | {
        "value": value, "control": control, "difference": interval.value, "low": interval.low, "high": interval.high,
        "relative": relative_change(value, control), "p": p, "test": test, "exact": exact, "apart": separate,
        "reason": f"{n} pairs; fewer than {LOW_POWER} have little power" if n < LOW_POWER else None,
    }  # fmt: skip
