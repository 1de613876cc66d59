"""From answers to scores: keyed means with everything that is missing counted and bounded, and nothing filled in.

A scale has a value where at least 80 % of its items are answered. Beside it stand two ranges that say different things:
`least`–`most` is where the mean could lie if every missing answer were at one end of the response scale, `low`–`high`
the 95 % interval over items, missing answers at the ends included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument, Level, Response, Scale
from personae.psychometrics.rows import Row
from personae.stats.distributions import student_quantile
from personae.types import Outcome

#: Share of a scale's items, and of an item's repeated askings, that has to be answered.
COVERAGE = 0.8

Answers = Mapping[str, float | None]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """What the answers to one scale come to, in points of the response scale, or the reason why there is no value.

    least, most: the mean with every missing answer at the lowest, at the highest point; equal where none is missing.
    low, high:   95 % interval over items (`interval`), missing answers at the ends; None with fewer than two items.
    answered:    items answered, of `items`; `missing` counts the others by how they ended ("not_run": never asked).
    pomp:        percent of maximum possible, 100 (value - lowest point) / range; None without a value.
    imputed:     answers that were filled in because it was asked for; else 0.
    """

    scale: str
    level: Level
    value: float | None
    reason: str | None
    least: float
    most: float
    low: float | None
    high: float | None
    answered: int
    items: int
    missing: Mapping[str, int] = field(default_factory=dict)
    pomp: float | None = None
    imputed: int = 0

    @property
    def sum(self) -> float | None:
        """The sum of points; None unless every item was answered."""
        return self.value * self.items if self.value is not None and self.answered == self.items else None


class Respondent(NamedTuple):
    """Who answered what and how. Answers of different routes, modes or models are never pooled."""

    persona: str
    model: str
    instrument: str
    mode: str
    route: str


@dataclass(frozen=True, slots=True)
class Pooled:
    """One answer per item over all conditions in which a respondent was asked; `why` says how the missing ended."""

    answers: Mapping[str, float | None]
    why: Mapping[str, Outcome]


def score(
    instrument: Instrument, answers: Answers, why: Mapping[str, str] | None = None, *, impute: bool = False
) -> tuple[ScaleScore, ...]:
    """The score of every scale, domains first, from answers in points by item id; None is a missing answer.

    `why` says for missing items how they ended. With `impute` a scale below 80 % takes the mean of what was answered
    for the rest, and says for how many. Raises `UsageError` for an unknown item, or an answer outside the response
    scale.

    >>> from personae.psychometrics.instrument import Item, Licence
    >>> items = (Item("a", "I like parties.", "E"), Item("b", "I keep quiet.", "E", -1))
    >>> two = Instrument("two", items, Response(("no", "unsure", "yes")), Licence("MIT"))
    >>> found = score(two, {"a": 3, "b": 2})[0]
    >>> found.value, found.pomp, score(two, {"a": 3})[0].reason
    (2.5, 75.0, 'answered 1 of 2')
    """
    for id, answer in answers.items():
        instrument.item(id)
        if answer is not None and not instrument.response.low <= answer <= instrument.response.high:
            points = f"{instrument.response.low} … {instrument.response.high}"
            raise UsageError(f"the answer {answer!r} to the item {id!r} is not on the scale {points}; missing is None")
    return tuple(_scored(instrument, scale, answers, why or {}, impute) for scale in instrument.scales)


def _scored(instrument: Instrument, scale: Scale, answers: Answers, why: Mapping[str, str], impute: bool) -> ScaleScore:
    given = {id: answer for id in scale.keys if (answer := answers.get(id)) is not None}
    keyed = [instrument.keyed(id, answer) for id, answer in given.items()]
    ends, items = instrument.response, len(scale.keys)
    gaps = items - len(keyed)
    missing = Counter(why.get(id, "not_run") for id in scale.keys if id not in given)
    enough = len(keyed) >= COVERAGE * items or (impute and bool(keyed))
    value = sum(keyed) / len(keyed) if enough else None
    low, high = _with_gaps(keyed, gaps, ends)
    return ScaleScore(
        scale.name,
        scale.level,
        value,
        None if enough else f"answered {len(keyed)} of {items}",
        least=(sum(keyed) + gaps * ends.low) / items,
        most=(sum(keyed) + gaps * ends.high) / items,
        low=low,
        high=high,
        answered=len(keyed),
        items=items,
        missing=dict(missing),
        pomp=None if value is None else pomp(value, ends),
        imputed=gaps if impute and value is not None else 0,
    )


def _with_gaps(keyed: Sequence[float], gaps: int, ends: Response) -> tuple[float | None, float | None]:
    if len(keyed) < 2:
        return None, None
    low, high = interval(np.array([*keyed, *[ends.low] * gaps], dtype=np.float64), ends)
    if gaps:
        high = interval(np.array([*keyed, *[ends.high] * gaps], dtype=np.float64), ends)[1]
    return float(low), float(high)


def interval(keyed_I: FloatArray, ends: Response, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Bounds of the mean over the last axis (items, two or more), inside the response scale.

    Student's t with one item more, of which one half stands at either end: what Agresti and Coull (1998) do for a
    share. Without it twelve equal answers would be certain; with it the interval holds what it says near the ends too
    (`tests/psychometrics/test_recovery.py`).

    >>> low, high = interval(np.array([4.0] * 12), Response(("1", "2", "3", "4", "5")))
    >>> round(float(low), 2), round(float(high), 2)
    (3.57, 4.28)
    """
    n = keyed_I.shape[-1]
    centre = (keyed_I.sum(axis=-1) + (ends.low + ends.high) / 2) / (n + 1)
    squares = keyed_I.var(axis=-1) * n + (ends.high - ends.low) ** 2 / 4
    half = _student(0.5 + level / 2, n - 1) * np.sqrt(squares / n / (n + 1))
    return np.maximum(centre - half, ends.low), np.minimum(centre + half, ends.high)


@lru_cache(maxsize=256)
def _student(probability: float, df: int) -> float:
    return student_quantile(probability, df)


def pomp(value: float, ends: Response) -> float:
    """Percent of maximum possible: 0 at the lowest point, 100 at the highest (Cohen et al. 1999).

    >>> pomp(2, Response(("1", "2", "3", "4", "5")))
    25.0
    """
    return 100 * (value - ends.low) / (ends.high - ends.low)


def ipsatised(instrument: Instrument, answers: Answers) -> dict[str, float | None]:
    """Each scale as the mean distance, for the trait, of its answers from the respondent's own mean raw answer.

    It takes a taste for agreeing out of scales whose keys are not balanced, and the general level of all traits with
    it: compare such scores within a respondent only. None on the terms of `score`.
    """
    raw = {id: raw_answer(instrument, id, answer) for id, answer in answers.items() if answer is not None}
    own = sum(raw.values()) / len(raw) if raw else 0.0
    found: dict[str, float | None] = {}
    for scale in instrument.scales:
        turned = [key * (raw[id] - own) for id, key in scale.keys.items() if id in raw]
        found[scale.name] = sum(turned) / len(turned) if len(turned) >= COVERAGE * len(scale.keys) else None
    return found


def raw_answer(instrument: Instrument, id: str, answer: float) -> float:
    """Agreement with the item's wording, whatever the instrument's coding is."""
    turned = instrument.coding == "scored" and instrument.item(id).key == -1
    return instrument.response.turned(answer) if turned else answer


def constant(values: Iterable[float], ends: Response, *, tolerance: float = 0.005) -> str | None:
    """What is wrong where all scores, or all answers, are the same: "constant midpoint", "constant", or None.

    `tolerance` is that of scores printed with two decimals. Fewer than two values are never constant.

    >>> constant([3.0, 3.0, 3.0], Response(("1", "2", "3", "4", "5")))
    'constant midpoint'
    """
    found = list(values)
    if len(found) < 2 or max(found) - min(found) > tolerance:
        return None
    return "constant midpoint" if abs(found[0] - ends.middle) <= tolerance else "constant"


def by_respondent(rows: Iterable[Row]) -> dict[Respondent, list[Row]]:
    """The rows of each respondent. Of rows with the same cell the last one counts: a failed call asked again."""
    cells = {row.cell: row for row in rows}
    found: dict[Respondent, list[Row]] = {}
    for row in cells.values():
        found.setdefault(Respondent(row.persona, row.model, row.instrument, row.mode, row.route), []).append(row)
    return found


def pooled(rows: Iterable[Row], *, expected: bool = False) -> Pooled:
    """One answer per item of one respondent: the mean of its conditions, each weighing the same.

    An item counts as answered where 80 % of its rows are: a mean over one order only would carry the order's pull.
    `expected` takes the expected value over probabilities instead of the option chosen.
    """
    by_item: dict[str, list[Row]] = {}
    for row in rows:
        by_item.setdefault(row.item, []).append(row)
    answers: dict[str, float | None] = {}
    why: dict[str, Outcome] = {}
    for id, asked in by_item.items():
        cells: dict[tuple[str, str, str], list[float]] = {}
        for row in asked:
            point = row.expected if expected and row.expected is not None else row.answer
            if point is not None:
                cells.setdefault((row.template, row.label_set, row.order), []).append(point)
        if cells and sum(map(len, cells.values())) >= COVERAGE * len(asked):
            answers[id] = sum(sum(points) / len(points) for points in cells.values()) / len(cells)
        else:
            answers[id] = None
            why[id] = Counter(row.status for row in asked if row.answer is None).most_common(1)[0][0]
    return Pooled(answers, why)
