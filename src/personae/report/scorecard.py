"""Runs by metrics as the page shows them: the matrix, which metrics pull apart, the front, bands, what was traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from personae.errors import FormatError, UsageError
from personae.files import read_yaml
from personae.report.about import LABELS
from personae.report.verdict import LINES
from personae.stats.scorecard import Metric, Scorecard, Tension
from personae.types import Measurement

_ENDS = ("low", "high")


def read_bands(path: Path | str) -> tuple[Metric, ...]:
    """Metrics with the way that is better and a band, from YAML: `self_knowledge: {better: higher, low: 0.7}`, ….

    Raises `FormatError` that names the metric and what is wrong with it.
    """
    tree = read_yaml(path)
    if not isinstance(tree, dict) or not tree:
        raise FormatError(f"{str(path)!r} names no metric; write lines like 'drift: {{better: higher, low: -0.1}}'")
    return tuple(_metric(name, line, f"{str(path)!r}, {str(name)!r}") for name, line in tree.items())


def scorecard_of(
    runs: Mapping[str, Mapping[str, Measurement]], metrics: Sequence[Metric] | None = None
) -> Scorecard | None:
    """The card of runs by name; without metrics those the page has lines for, as far as a run has them.

    None where there is no metric, or a single run and no metrics of the user's.
    """
    if metrics is None and len(runs) < 2:
        return None
    there = {name for measured in runs.values() for name in measured}
    taken = list(metrics) if metrics is not None else [metric for metric in _lined() if metric.name in there]
    if not taken:
        return None
    rows = {
        row: {each.name: measured[each.name].value for each in taken if each.name in measured}
        for row, measured in runs.items()
    }
    return Scorecard(tuple(taken), rows)


def scorecard_view(card: Scorecard | None) -> dict[str, Any] | None:
    """Everything of the section; None without a card."""
    if card is None:
        return None
    front, rows = card.front(), list(card.rows)
    return {
        "metrics": [{"label": _label(metric.name), "band": _band(metric)} for metric in card.metrics],
        "rows": [
            {
                "name": row,
                "front": row in front,
                "incomplete": any(card.rows[row].get(metric.name) is None for metric in card.metrics),
                "cells": [_cell(card, row, metric) for metric in card.metrics],
            }
            for row in rows
        ],
        "tensions": [_tension(each) for each in card.tensions if each.contradictory],
        "untold": [f"{_label(e.first)} and {_label(e.second)}: {e.reason}" for e in card.tensions if e.reason],
        "pairs": len(card.tensions),
        "traded": [
            {"row": after, "gain": _label(gain), "loss": _label(loss)}
            for after in rows[1:]
            for gain, loss in card.traded(rows[0], after)
        ],
        "first": rows[0],
        "descriptive": card.descriptive,
    }


def _metric(name: Any, line: Any, where: str) -> Metric:
    told = line if isinstance(line, dict) else {}
    better, unknown = told.get("better"), sorted(map(str, told.keys() - {"better", *_ENDS}))
    if better not in ("higher", "lower") or unknown:
        what = f"unknown {unknown[0]!r}" if unknown else f"'better' is {better!r}"
        raise FormatError(f"{where}: {what}; write {{better: higher or lower, low: number, high: number}}")
    ends = {end: told.get(end) for end in _ENDS}
    for end, value in ends.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise FormatError(f"{where}: {end!r} is {value!r}, which is no number")
    try:
        return Metric(str(name), cast(Any, better), **ends)
    except UsageError as error:
        raise FormatError(f"{where}: {error}") from error


def _lined() -> list[Metric]:
    """The page's own lines as bands: good is inside."""
    return [
        Metric(name, "higher", low=line.good) if line.good > line.bad else Metric(name, "lower", high=line.good)
        for name, line in LINES.items()
    ]


def _label(name: str) -> str:
    return LABELS.get(name, name).removeprefix("… ")


def _band(metric: Metric) -> str:
    ends = [f"≥ {metric.low:g}"] if metric.low is not None else []
    ends += [f"≤ {metric.high:g}"] if metric.high is not None else []
    return f"{metric.better} is better" + (f", band {' and '.join(ends)}" if ends else "")


def _cell(card: Scorecard, row: str, metric: Metric) -> dict[str, Any]:
    value = card.rows[row].get(metric.name)
    return {"value": "–" if value is None else f"{value:.3g}", "outside": metric.place(value) == "outside"}


def _tension(found: Tension) -> dict[str, Any]:
    return {"first": _label(found.first), "second": _label(found.second), "tau": f"{found.tau:.2f}", "n": found.n}
