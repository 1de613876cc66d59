"""One person on the map: percent on every axis, and the profile that lies nearest.

An axis stands at 100 (max + Σ answer · weight) / (2 max), with answers from -1 to 1 and max = Σ |weight|: 100 for
whoever answers every item in favour of its end, 50 for whoever is undecided. [8values; Mapping and Influencing the
Political Ideology of Large Language Models using Synthetic Personas, 2024]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.scoring import COVERAGE


@dataclass(frozen=True, slots=True)
class Place:
    """Percent by axis over the items answered, or the reason why there is none.

    least, most: the percent with every missing answer at the one end, at the other; equal where none is missing.
    """

    percent: Mapping[str, float]
    least: Mapping[str, float]
    most: Mapping[str, float]
    answered: int
    items: int
    reason: str | None = None


def maxima(instrument: Instrument) -> dict[str, float]:
    """Σ |weight| of every axis, in the order of their first item. Raises `UsageError` for an instrument without any.

    >>> from personae.psychometrics import Item, Licence, Response
    >>> three = Response(("no", "undecided", "yes"))
    >>> tax = Item("tax", "Tax the rich.", key=0, effects={"econ": 10.0, "govt": -5.0})
    >>> maxima(Instrument("one", (tax,), three, Licence("MIT")))
    {'econ': 10.0, 'govt': 5.0}
    """
    found: dict[str, float] = {}
    for item in instrument.items:
        for axis, weight in item.effects.items():
            found[axis] = found.get(axis, 0.0) + abs(weight)
    if not found or not all(found.values()):
        raise UsageError(f"{instrument.id!r} is no map: its items need weights on axes (`effects`)")
    return found


def place(instrument: Instrument, answers: Mapping[str, float | None], *, offset: float = 0.0) -> Place:
    """Where these answers (in points of the response scale, by item id; None is missing) put somebody.

    offset: subtracted from every answer on the scale from -1 to 1: somebody's bent to say yes (see `acquiescence`). Its
            result may lie outside of 0 … 100, which says that bent and answers do not go together.

    Below 80 % of the items there is no percent. Raises `UsageError` for an unknown item and a point off the scale.
    """
    known = {instrument.item(id).id: answer for id, answer in answers.items()}
    said = {id: _signed(instrument, id, answer) - offset for id, answer in known.items() if answer is not None}
    whole = maxima(instrument)
    sums, held = dict.fromkeys(whole, 0.0), dict.fromkeys(whole, 0.0)
    for item in instrument.items:
        for axis, weight in item.effects.items():
            if item.id in said:
                sums[axis] += said[item.id] * weight
                held[axis] += abs(weight)
    least = {axis: _percent(sums[axis] - (whole[axis] - held[axis]), whole[axis]) for axis in whole}
    most = {axis: _percent(sums[axis] + (whole[axis] - held[axis]), whole[axis]) for axis in whole}
    answered = sum(item.id in said for item in instrument.items)
    if answered < COVERAGE * len(instrument.items) or not all(held.values()):
        return Place(
            {}, least, most, answered, len(instrument.items), f"answered {answered} of {len(instrument.items)}"
        )
    percent = {axis: _percent(sums[axis], held[axis]) for axis in whole}
    return Place(percent, least, most, answered, len(instrument.items))


def nearest_profile(percent: Mapping[str, float], profiles: Mapping[str, Mapping[str, float]]) -> tuple[str, float]:
    """The profile with the least squared distance, and that distance; the first of equals.

    >>> nearest_profile({"econ": 90.0, "govt": 20.0}, {"A": {"econ": 100, "govt": 0}, "B": {"econ": 0, "govt": 0}})
    ('A', 500.0)
    """
    if not profiles:
        raise UsageError("there is no profile to lie near to")
    distance = {
        name: math.fsum((percent[axis] - at) ** 2 for axis, at in each.items()) for name, each in profiles.items()
    }
    name = min(distance, key=distance.__getitem__)
    return name, distance[name]


def acquiescence(pairs: Mapping[str, tuple[float, float]]) -> float | None:
    """The bent to agree: the mean answer to statements and their denials together, each from -1 to 1; None without any.

    Somebody consistent answers a pair with x and -x, which comes to 0; who says yes to everything comes to 1.

    >>> acquiescence({"cars": (1.0, 1.0), "zoos": (0.5, -0.5)})
    0.5
    """
    return math.fsum((a + b) / 2 for a, b in pairs.values()) / len(pairs) if pairs else None


def _signed(instrument: Instrument, id: str, answer: float) -> float:
    response = instrument.response
    if not response.low <= answer <= response.high:
        raise UsageError(f"the item {id!r} has the answer {answer!r}; points go from {response.low} to {response.high}")
    return (answer - response.middle) / (response.high - response.middle)


def _percent(total: float, most: float) -> float:
    return 100 * (most + total) / (2 * most)
