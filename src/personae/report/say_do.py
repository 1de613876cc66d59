"""The say–do table of the page: what the persona changes in what is said and in what is done, line by line.

Read from the details of measurements, which others may have written: what is not there, or not as it should be, is
left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from personae.types import Measurement

NAME = "say_do"
MOST_LINES = 40

#: Verdict → the light, the word, and what it means.
VERDICTS = {
    "follows": ("good", "follows", "Said and done move together, in the direction stated beforehand."),
    "says and does not": (
        "open",
        "only said",
        "It speaks of itself differently; that it acts differently was not shown.",
    ),
    "turns against": ("bad", "turns against", "What it does moves against what it says."),
    "does and does not say": ("open", "only done", "It acts differently; that it says so of itself was not shown."),
    "neither moves": ("", "neither", "Neither what it says nor what it does was shown to move."),
    "unknown": ("", "no answer", "Too little was answered to tell."),
}

#: Numbers that stand below the table: name behind "say_do." → its words.
BESIDE = {
    "cards.turned": "cards turned a game",
    "cards.regret": "points given away a game, against the best number",
    "sycophancy.control": "decisions changed although the partner agreed",
    "honesty.ece": "calibration error",
    "honesty.right": "answers that were right",
    "honesty.drift": "change of its certainty when asked again, in points of 100",
    "honesty.open_rightly": "questions about nothing left open",
    "honesty.open_wrongly": "questions with an answer left open",
}


def say_do_view(measurements: Mapping[str, Measurement]) -> dict[str, Any] | None:
    """Everything of the section; None where there is no table."""
    measured = measurements.get(NAME)
    table = measured.details.get("table") if measured is not None else None
    if measured is None or not isinstance(table, list | tuple):
        return None
    rows = [row for line in table[:MOST_LINES] if (row := _row(line)) is not None]
    if not rows:
        return None
    beside = [
        (words, measurements[f"{NAME}.{key}"]) for key, words in BESIDE.items() if f"{NAME}.{key}" in measurements
    ]
    return {
        "rows": rows,
        "headline": _headline(measured),
        "beside": [
            {"label": words, "value": _told(m), "interval": _between(m.low, m.high, m.unit)} for words, m in beside
        ],
    }


def _headline(measured: Measurement) -> str:
    if measured.value is None:
        return f"No share can be given: {measured.reason}."
    followed = round(measured.value * measured.n)
    things = "one thing it says" if measured.n == 1 else f"{measured.n} things it says"
    return f"Of {things} of itself differently as the persona, what it does follows {followed}."


def _row(line: Any) -> dict[str, Any] | None:
    if not isinstance(line, Mapping) or not all(isinstance(line.get(key), Mapping) for key in ("report", "done")):
        return None
    light, word, means = VERDICTS.get(str(line.get("verdict")), VERDICTS["unknown"])
    rises = line.get("sign") != -1
    return {
        "says": str(line.get("says", "")),
        "does": str(line.get("does", "")),
        "expected": "rises with it" if rises else "falls as it rises",
        "report": _cells(line["report"]),
        "done": _cells(line["done"]),
        "light": light,
        "word": word,
        "means": means,
    }


def _cells(found: Mapping[str, Any]) -> dict[str, str]:
    """Without the persona, with it, the change with its interval, and how much is missing."""
    cells = {key: one if isinstance(one := found.get(key), Mapping) else {} for key in ("with", "without", "change")}
    change, unit = cells["change"], str(cells["change"].get("unit", ""))
    missing = change.get("missing")
    counts = missing.values() if isinstance(missing, Mapping) else ()
    lost = sum(int(count) for count in counts if _is_number(count))
    return {
        "without": _shown(cells["without"].get("value"), unit),
        "with": _shown(cells["with"].get("value"), unit),
        "change": _shown(change.get("value"), unit, sign=True),
        "interval": _between(change.get("low"), change.get("high"), unit, sign=True),
        "reason": str(change.get("reason") or ""),
        "missing": f"{lost} missing" if lost else "",
    }


def _told(measurement: Measurement) -> str:
    return measurement.reason or "–" if measurement.value is None else _shown(measurement.value, measurement.unit)


def _between(low: Any, high: Any, unit: str, *, sign: bool = False) -> str:
    if not (_is_number(low) and _is_number(high)):
        return ""
    return f"{_shown(low, unit, sign=sign)} … {_shown(high, unit, sign=sign)}"


def _shown(value: Any, unit: str, *, sign: bool = False) -> str:
    """A number with its unit; shares as per cent.

    >>> _shown(0.25, "share"), _shown(-0.5, "cards", sign=True), _shown(None, "cards")
    ('25 %', '−0.50', '–')
    """
    if not _is_number(value):
        return "–"
    size = f"{100 * abs(value):.0f} %" if unit == "share" else f"{abs(value):.2f}"
    return ("−" if value < 0 else "+" if sign and value > 0 else "") + size


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
