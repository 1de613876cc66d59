"""From graded items to numbers: five task scores and their mean, with intervals, coverage and every judge beside it.

An item's value is the mean over the judges; a task's score the mean over its items; PersonaScore the unweighted mean of
the five tasks, and there is none where one of them is missing (PersonaGym).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.judges.agreement import krippendorff_alpha
from personae.judges.summary import MIN_COVERAGE, too_few
from personae.measure.personagym.block import Item
from personae.measure.personagym.protocol import TASKS
from personae.stats.distributions import student_quantile
from personae.types import Measurement

UNIT = "points of 1–5"
LEAST, MOST = 1.0, 5.0

#: A judge as reports show it: {"name", "standing", "card"}.
Standing = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """The items of one persona."""

    who: str
    items: Sequence[Item]


def persona_score(
    name: str,
    scored: Sequence[Scored],
    *,
    judges: Sequence[Standing] = (),
    min_coverage: float = MIN_COVERAGE,
    details: Mapping[str, Any] | None = None,
) -> list[Measurement]:
    """PersonaScore, the score of each task ("name.task"), the PersonaScore by each of several judges ("name.by.judge"),
    and their agreement ("name.agreement").

    `judges` say what is known of each judge, by the name of its model; `details["judge"]` is what a score rests on, and
    each of several judges has a row of its own. Intervals rest on personas where there are several, else on the
    questions. A task of which fewer than `min_coverage` of the items have a value has no score; then PersonaScore has a
    reason.
    """
    about = dict(details or {}) | {"judge": _jointly(judges), "judges": [dict(judge) for judge in judges]}
    tasks = {task: _task(f"{name}.{task}", task, scored, min_coverage, about) for task in TASKS}
    lacking = [task for task, measured in tasks.items() if measured.value is None]
    missing = dict(_missing([item for each in scored for item in each.items]))
    values = [measured.value for measured in tasks.values() if measured.value is not None]
    n = sum(measured.n for measured in tasks.values())
    whole = about | {
        "tasks": {task: m.value for task, m in tasks.items()},
        "personas": _by_persona(scored, min_coverage),
    }
    if lacking:
        reason = f"no PersonaScore without {', '.join(lacking)}: {tasks[lacking[0]].reason}"
        first = Measurement(name, reason=reason, n=n, missing=missing, unit=UNIT, details=whole)
    else:
        value = math.fsum(values) / len(TASKS)
        half = half_width([_values(scored, task) for task in TASKS])
        first = Measurement(name, value, None, *_around(value, half), n, missing, UNIT, whole)
    each = [_by_judge(name, dict(judge), tasks, min_coverage) for judge in judges] if len(judges) > 1 else []
    return [first, *tasks.values(), *each, _agreement(f"{name}.agreement", scored)]


def half_width(strata: Sequence[Mapping[Hashable, Sequence[float]]], *, level: float = 0.95) -> float | None:
    """Half of the t interval of the unweighted mean of the strata's means; a stratum is cluster → values.

    With several clusters these are the independent units (linearised, as for a ratio: Cochran 1977, ch. 11); with one,
    the values are, apart in each stratum. None where nothing varies freely: one value per stratum.

    >>> round(half_width([{"a": [1.0, 2.0, 3.0]}]), 3)
    2.484
    """
    residuals: dict[Hashable, float] = {}
    within, free = 0.0, 0
    for clusters in strata:
        values = [value for listed in clusters.values() for value in listed]
        if not values:
            return None
        mean, weight = math.fsum(values) / len(values), 1.0 / (len(values) * len(strata))
        for cluster, listed in clusters.items():
            residuals[cluster] = residuals.get(cluster, 0.0) + weight * math.fsum(value - mean for value in listed)
        if len(values) > 1:
            spread = math.fsum((value - mean) ** 2 for value in values)
            within += weight**2 * spread * len(values) / (len(values) - 1)
            free += len(values) - 1
    k = len(residuals)
    if k > 1:
        within, free = k / (k - 1) * math.fsum(each**2 for each in residuals.values()), k - 1
    elif any(len(listed) < 2 for clusters in strata for listed in clusters.values()):
        return None
    return student_quantile(0.5 + level / 2, free) * math.sqrt(within)


def _task(name: str, task: str, scored: Sequence[Scored], min_coverage: float, about: Mapping[str, Any]) -> Measurement:
    items = [(each.who, item) for each in scored for item in each.items if item.task == task]
    values = {f"{who}/{item.id}": item.value for who, item in items if item.value is not None}
    missing = dict(_missing([item for _, item in items]))
    details = dict(about) | {
        "values": values,
        "columns": _columns([item for _, item in items]),
        "cut_off": sum(item.outcome == "truncated" for _, item in items),
    }
    if reason := too_few(len(values), len(items), min_coverage):
        return Measurement(name, reason=reason, n=len(values), missing=missing, unit=UNIT, details=details)
    value = math.fsum(values.values()) / len(values)
    around = _around(value, half_width([_values(scored, task)]))
    return Measurement(name, value, None, *around, len(values), missing, UNIT, details)


def _by_judge(name: str, judge: dict[str, Any], tasks: Mapping[str, Measurement], min_coverage: float) -> Measurement:
    """PersonaScore as one judge alone sees it."""
    called = f"{name}.by.{judge['name']}"
    nothing: dict[str, Any] = {"mean": None, "n": 0, "missing": {}}
    columns = {task: measured.details["columns"].get(judge["name"], nothing) for task, measured in tasks.items()}
    missing = sum((Counter(column["missing"]) for column in columns.values()), Counter[str]())
    n = sum(column["n"] for column in columns.values())
    planned = {task: measured.n + sum(measured.missing.values()) for task, measured in tasks.items()}
    details = {"judge": judge, "tasks": {task: column["mean"] for task, column in columns.items()}}
    for task, column in columns.items():
        if reason := too_few(column["n"], planned[task], min_coverage):
            reason = f"no PersonaScore without {task}: {reason}"
            return Measurement(called, reason=reason, n=n, missing=dict(missing), unit=UNIT, details=details)
    value = math.fsum(column["mean"] for column in columns.values()) / len(TASKS)
    return Measurement(called, value, n=n, missing=dict(missing), unit=UNIT, details=details)


def _columns(items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """Each judge's own mean, how many items carry it, and why the others do not."""
    found: dict[str, tuple[list[float], Counter[str]]] = {}
    for item in items:
        for judge, column in item.columns.items():
            values, reasons = found.setdefault(judge, ([], Counter()))
            values.extend([column["value"]] if column["value"] is not None else [])
            reasons.update([column["reason"]] if column["reason"] else [])
    return {
        judge: {"mean": math.fsum(values) / len(values) if values else None, "n": len(values), "missing": dict(reasons)}
        for judge, (values, reasons) in found.items()
    }


def _agreement(name: str, scored: Sequence[Scored]) -> Measurement:
    """Krippendorff's interval alpha over the items that two judges or more have graded."""
    items = [item for each in scored for item in each.items if item.columns]
    judges = list(dict.fromkeys(judge for item in items for judge in item.columns))
    if len(judges) < 2:
        return Measurement(name, reason="one judge has nobody to agree with" if judges else "nothing was judged")
    columns = [[item.columns[judge]["value"] if judge in item.columns else None for item in items] for judge in judges]
    n = sum(len([value for value in row if value is not None]) > 1 for row in zip(*columns, strict=True))
    alpha = krippendorff_alpha(columns)
    if alpha is None:
        return Measurement(name, reason="no two grades of an item, or none that differ", n=n)
    return Measurement(name, alpha, n=n, unit="Krippendorff's alpha")


def _by_persona(scored: Sequence[Scored], min_coverage: float) -> dict[str, dict[str, Any]]:
    """The five task scores and the PersonaScore of every persona, None where there is none."""
    found: dict[str, dict[str, Any]] = {}
    for each in scored:
        tasks: dict[str, float | None] = {}
        for task in TASKS:
            planned = [item for item in each.items if item.task == task]
            values = [item.value for item in planned if item.value is not None]
            enough = too_few(len(values), len(planned), min_coverage) is None
            tasks[task] = math.fsum(values) / len(values) if enough else None
        whole = [value for value in tasks.values() if value is not None]
        found[each.who] = {"score": math.fsum(whole) / len(TASKS) if len(whole) == len(TASKS) else None, "tasks": tasks}
    return found


def _values(scored: Sequence[Scored], task: str) -> dict[Hashable, list[float]]:
    return {
        each.who: [item.value for item in each.items if item.task == task and item.value is not None] for each in scored
    }


def _missing(items: Sequence[Item]) -> Counter[str]:
    return Counter(item.missing for item in items if item.missing is not None)


def _jointly(judges: Sequence[Standing]) -> dict[str, Any]:
    """The judges as one: the names joined, and the standing they all share; one that falls short counts for all."""
    order = ("unqualified", "untested", "qualified")
    standings = [str(judge["standing"]) for judge in judges]
    standing = next((each for each in order if each in standings), "untested")
    card = judges[0]["card"] if len(judges) == 1 else None
    return {"name": " + ".join(str(judge["name"]) for judge in judges), "standing": standing, "card": card}


def _around(value: float, half: float | None) -> tuple[float | None, float | None]:
    return (None, None) if half is None else (max(LEAST, value - half), min(MOST, value + half))
