"""From ratings to numbers: the mean, and how it moves over the turns of a chat and from chat to chat.

The independent unit is the user: every interval is over users, however many turns each has rated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from personae.measure.covered import covered
from personae.measure.likability.ratings import DIMENSIONS, Rated
from personae.stats.intervals import mean_interval
from personae.types import Measurement

CONSTANT = "constant rater"
#: Rated turns from which on equal ratings throughout are held against the rater.
LEAST_TURNS = 2
#: Rated turns from which on the same seven ratings in each of them are told in the details.
LEAST_ALIKE = 4


def constant(rated: Sequence[Rated]) -> str | None:
    """Why a rater says nothing: the same number for every dimension of every turn; None for one who tells apart.

    >>> same = {name: 3 for name in DIMENSIONS}
    >>> constant([Rated(1, 1, "answered", same), Rated(1, 2, "answered", same)])
    'constant rater: 3 for everything, in 2 turns'
    """
    told = [one for one in rated if one.ratings]
    values = {value for one in told for value in one.ratings.values()}
    if len(told) < LEAST_TURNS or len(values) > 1:
        return None
    return f"{CONSTANT}: {values.pop()} for everything, in {len(told)} turns"


def slope(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Least-squares slope of y on x; None where x does not vary.

    >>> slope([1, 2, 3], [2.0, 2.5, 3.0])
    0.5
    """
    across = np.asarray(x, dtype=np.float64)
    centred = across - across.mean() if len(across) else across
    spread = float(centred @ centred)
    return float(centred @ np.asarray(y, dtype=np.float64)) / spread if spread > 0 else None


def turn_slope(rated: Sequence[Rated]) -> float | None:
    """Points per turn within chats: turns and ratings are taken from their chat's mean, then pooled."""
    x: list[float] = []
    y: list[float] = []
    for told in _sessions(rated).values():
        means = [one.mean or 0.0 for one in told]
        centre_x, centre_y = sum(one.turn for one in told) / len(told), sum(means) / len(told)
        x += [one.turn - centre_x for one in told]
        y += [mean - centre_y for mean in means]
    return slope(x, y)


def session_slope(rated: Sequence[Rated]) -> float | None:
    """Points per chat: the slope of the chats' means."""
    sessions = _sessions(rated)
    means = [sum(one.mean or 0.0 for one in told) / len(told) for told in sessions.values()]
    return slope(list(sessions), means)


def likability(
    users: Mapping[str, Sequence[Rated]],
    *,
    planned: int | None = None,
    missing: Mapping[str, int] | None = None,
    name: str = "likability",
) -> list[Measurement]:
    """Mean of all ratings, then by dimension, then the slopes per turn and per chat; each with its interval over users.

    planned: turns that were to be rated; below 90 % of them there is a reason and no mean. A user who rates everything
    alike is left out and counted under "constant rater"; where all do, that is the reason. Users who repeat the same
    seven ratings turn by turn stay and are named in the details ("repeating"), as is a dimension everybody rates alike
    ("constant").
    """
    lost: Counter[str] = Counter(missing or {})
    kept: dict[str, list[Rated]] = {}
    why = ""
    for user, rated in users.items():
        lost.update(one.outcome for one in rated if not one.ratings)
        found = constant(rated)
        told = [one for one in rated if one.ratings]
        if found:
            lost[CONSTANT] += len(told)
            why = found
        elif told:
            kept[user] = told
    turns = sum(map(len, kept.values()))
    repeating = [user for user, told in kept.items() if len(told) >= LEAST_ALIKE and _repeats(told)]
    details = {"users": len(kept), "repeating": repeating, "values": {user: _mean(told) for user, told in kept.items()}}
    make = _maker(kept, dict(lost), turns, why)
    overall = make(name, _mean, "points", details)
    numbers = [covered(overall, max(planned if planned is not None else 0, turns + sum(lost.values())))]
    for dimension in DIMENSIONS:
        alike = len({one.ratings[dimension] for told in kept.values() for one in told}) == 1
        numbers.append(make(f"{name}.{dimension}", _of(dimension), "points", {"constant": alike}))
    numbers.append(make(f"{name}.slope.turn", turn_slope, "points per turn", {}))
    numbers.append(make(f"{name}.slope.session", session_slope, "points per chat", {}))
    return numbers


def _maker(
    kept: Mapping[str, Sequence[Rated]], lost: Mapping[str, int], turns: int, why: str
) -> Callable[[str, Callable[[Sequence[Rated]], float | None], str, Mapping[str, object]], Measurement]:
    def make(
        name: str, number: Callable[[Sequence[Rated]], float | None], unit: str, details: Mapping[str, object]
    ) -> Measurement:
        values = [value for told in kept.values() if (value := number(told)) is not None]
        if not values:
            reason = (why or "no turn was rated") if not kept else "nobody rated two turns, or two chats, to compare"
            return Measurement(name, reason=reason, missing=lost, unit=unit, details=details)
        found = mean_interval(values)
        return Measurement(name, found.value, None, found.low, found.high, turns, lost, unit, details)

    return make


def _repeats(told: Sequence[Rated]) -> bool:
    return all(one.ratings == told[0].ratings for one in told)


def _mean(told: Sequence[Rated]) -> float:
    return sum(one.mean or 0.0 for one in told) / len(told)


def _of(dimension: str) -> Callable[[Sequence[Rated]], float | None]:
    return lambda told: sum(one.ratings[dimension] for one in told) / len(told)


def _sessions(rated: Sequence[Rated]) -> dict[int, list[Rated]]:
    found: dict[int, list[Rated]] = {}
    for one in rated:
        if one.ratings:
            found.setdefault(one.session, []).append(one)
    return found
