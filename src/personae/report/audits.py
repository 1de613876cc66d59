"""The audit section of the page: differences to a human, everybody's numbers, what the scorers are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personae.measure.audit_findings import by_persona, cards, difference_scores, findings, is_audit
from personae.report.about import LABELS
from personae.types import Measurement

MOST_LINES = 200
#: So many people at most stand side by side; more are a row each.
MOST_COLUMNS = 9


def audits_view(measurements: Mapping[str, Measurement]) -> dict[str, Any] | None:
    """The findings as lines, and how many more there are; None where the run is no audit.

    "scores" are difference scores, "table" a head and rows of everybody with each number, "cards" the scorers' cards,
    their first line and the rest.
    """
    if not is_audit(measurements.values()):
        return None
    lines = findings(measurements.values())
    who, rows = by_persona(measurements.values())
    return {
        "lines": lines[:MOST_LINES],
        "more": max(0, len(lines) - MOST_LINES),
        "scores": difference_scores(measurements.values()),
        "table": _table(who, rows),
        "cards": [card.partition("\n")[::2] for card in cards(measurements.values())],
    }


def _table(who: list[str], numbers: list[tuple[Measurement, dict[str, float]]]) -> list[list[str]]:
    head = ["", *who]
    rows = [
        [LABELS.get(number.name, number.name), *(_shown(told.get(name), number.unit) for name in who)]
        for number, told in numbers
    ]
    table = [head, *rows] if rows else []
    return table if len(who) <= MOST_COLUMNS else [list(column) for column in zip(*table, strict=True)]


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.0f} %" if unit == "share" else f"{value:.2f}"
