"""Statements × replies as the page shows them: which reply breaks, shows or misses which statement, and the worst pair.

A large matrix is cut down to the rows and columns in which most happens; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from personae.measure.consistency.apc import ASKED, apc_share
from personae.measure.consistency.matrix import Matrix
from personae.report.plots import apc_curve
from personae.report.rows import clip, has
from personae.types import CONTRADICTION, ENTAILMENT, Measurement

#: The most rows and columns that are drawn.
MOST_STATEMENTS = 40
MOST_REPLIES = 32
#: Self-contradictions that are shown with their texts.
MOST_FLAGGED = 5

#: Class of a cell → its mark, and the word for it.
MARKS = {CONTRADICTION: ("✕", "contradicts"), ENTAILMENT: ("✓", "shows")}


def consistency_view(measurements: Mapping[str, Measurement]) -> dict[str, Any] | None:
    """Everything of the section on statements and replies; None where there is no matrix."""
    measured = measurements.get("consistency")
    if measured is None or not has(measured, "matrix"):
        return None
    matrix = Matrix.from_data(measured.details["matrix"])
    if not matrix.statements or not matrix.exchanges:
        return None
    itself = measurements.get("consistency.self_contradiction")
    flagged = itself.details.get("flagged", ()) if itself is not None else ()
    curve = apc_by_turn(matrix)
    return {
        "scorer": matrix.scorer.get("name", "?"),
        "checkpoint": matrix.scorer.get("checkpoint", "?"),
        "data": matrix.scorer.get("data", "?"),
        "below_gate": below_gate(measured),
        "worst": _worst(measured.details.get("worst")),
        "flagged": [
            {
                "probability": f"{each['probability']:.2f}",
                "claim": clip(each["claim"]),
                "earlier": clip(each["earlier"]),
            }
            for each in flagged[:MOST_FLAGGED]
        ],
        "curve_svg": apc_curve(curve) if len(curve) > 1 else "",
        "talks": max((point["n"] for point in curve), default=0),
        **heat_map(matrix),
    }


def below_gate(measurement: Measurement) -> bool:
    """Whether the number rests on a pair scorer that misses a quality gate of its own card."""
    return measurement.details.get("validity") == "below_gate"


def heat_map(matrix: Matrix) -> dict[str, Any]:
    """Rows of cells with their heads, and how much of the matrix is left out."""
    kinds = matrix.kinds
    rows = _busiest(matrix, axis=0, most=MOST_STATEMENTS)
    columns = _busiest(matrix, axis=1, most=MOST_REPLIES)
    replies = [
        {"number": number + 1, "id": each.id, "query": clip(each.query), "text": clip(each.reply)}
        for number, each in ((column, matrix.exchanges[column]) for column in columns)
    ]
    lines = [
        {
            "text": clip(matrix.statements[row].text),
            "id": matrix.statements[row].id,
            "cells": [_cell(matrix, column, row, int(kinds[column, row])) for column in columns],
        }
        for row in rows
    ]
    broken, shown = int((kinds == CONTRADICTION).sum()), int((kinds == ENTAILMENT).sum())
    missed = int(((matrix.asked >= ASKED) & (kinds != CONTRADICTION) & (kinds != ENTAILMENT)).sum())
    return {
        "counts": {"broken": broken, "shown": shown, "missed": missed, "pairs": int(kinds.size)},
        "replies": replies,
        "rows": lines,
        "statements_shown": len(rows),
        "statements": len(matrix.statements),
        "replies_shown": len(columns),
        "replies_all": len(matrix.exchanges),
    }


def apc_by_turn(matrix: Matrix) -> list[dict[str, Any]]:
    """The mean share of statements satisfied at each turn over the talks, with the least and the most of any talk.

    A reply's id ends in its turn ("talk-01/3"); ids without a number count through. Replies without a query carry no
    APC and are left out.
    """
    shares = apc_share(matrix.asked, matrix.entailment, matrix.contradiction)
    by_turn: dict[int, list[float]] = {}
    for position, (exchange, value) in enumerate(zip(matrix.exchanges, shares, strict=True), start=1):
        if np.isfinite(value):
            by_turn.setdefault(_turn(exchange.id, position), []).append(float(value))
    return [
        {"turn": turn, "value": sum(values) / len(values), "low": min(values), "high": max(values), "n": len(values)}
        for turn, values in sorted(by_turn.items())
    ]


def _turn(id: str, position: int) -> int:
    last = id.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 7 else position


def _busiest(matrix: Matrix, *, axis: int, most: int) -> list[int]:
    """The rows or columns with the surest contradiction or, after those, affirmation; in their own order."""
    count = matrix.contradiction.shape[1 - axis]
    broken, shown = matrix.contradiction.max(axis=axis), matrix.entailment.max(axis=axis)
    order = np.lexsort((np.arange(count), -shown, -np.where(broken >= 0.5, broken, 0.0)))
    return sorted(int(index) for index in order[:most])


def _cell(matrix: Matrix, reply: int, statement: int, kind: int) -> dict[str, Any]:
    against, shown = float(matrix.contradiction[reply, statement]), float(matrix.entailment[reply, statement])
    asked = float(matrix.asked[reply, statement])
    mark, word = MARKS.get(kind, ("", "leaves open"))
    facts = [f"contradicts {against:.2f}", f"shows {shown:.2f}"]
    facts += [f"asked for {asked:.2f}"] if np.isfinite(asked) else []
    return {
        "mark": mark,
        "word": word,
        "kind": {CONTRADICTION: "no", ENTAILMENT: "yes"}.get(kind, ""),
        "strength": round({CONTRADICTION: against, ENTAILMENT: shown}.get(kind, 0.0), 2),
        "asked": bool(asked >= ASKED),
        "title": f"reply {reply + 1}: {', '.join(facts)}",
    }


def _worst(cell: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    texts = {name: clip(cell[name]) for name in ("statement", "query", "reply")}
    return texts | {"probability": f"{cell['probability']:.2f}", "contradicts": cell["probability"] >= 0.5}
