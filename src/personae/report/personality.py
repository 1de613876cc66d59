"""The section on a questionnaire: the profile with intervals, the certificate in plain words, and why not reportable.

Read from the details of measurements, which others may have written: what is not there, or not as it should be, is
left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from personae.report.plots import look
from personae.report.ridges import Mark, Ridge, ridge_plot
from personae.types import Measurement

NAME = "personality"
#: More domains, or more runs in one drawing, than this are left out.
MOST_DOMAINS, MOST_RUNS = 40, 6

#: A way of answering → what it means.
NAMED = {
    "positional": "It follows the place of an option, not its words: turned around, the scale gets opposite answers.",
    "acquiescent": "It agrees with whatever the sentence says, also with its opposite.",
    "nay-saying": "It denies whatever the sentence says, also its opposite.",
    "constant midpoint": "Its mean answer to every sentence is the middle of the scale.",
    "constant": "It gives the same answer to every sentence.",
}

#: Verdict → headline and what to do with it.
VERDICTS = {
    "stable": ("Stable", "The answers stay the same however the sentences are put."),
    "not shown": (
        "Stability not shown",
        "Neither sameness nor a difference between the ways of asking could be shown.",
    ),
    "unstable": ("Unstable", "The answers hang on how the sentences are put. They say little about whoever answered."),
}

ROUTES = {
    "logprobs": "the probability of each option",
    "constrained": "one option, as JSON",
    "parsed": "one option, read from what was said",
}

Runs = Sequence[tuple[str, Mapping[str, Measurement]]]


def personality_view(runs: Runs) -> dict[str, Any] | None:
    """Everything of the section on the first run, with the other runs (name, measurements) in its drawing.

    None where the first run has no answered questionnaire.
    """
    first = runs[0][1]
    whole = first.get(NAME)
    if whole is None or not _map(whole.details.get("instrument")):
        return None
    rows = [row for domain in _domains(whole) if (row := _row(first.get(f"{NAME}.{domain}"))) is not None]
    if not rows:
        return None
    beside = [(name, found) for name, found in runs[1:MOST_RUNS] if _same(whole, found.get(NAME))]
    certificate = _map(whole.details.get("certificate"))
    verdict, advice = VERDICTS.get(str(certificate.get("verdict")), VERDICTS["not shown"])
    ends = rows[0]["ends"]
    crowd = _map(whole.details.get("population"))
    return {
        "title": str(
            _map(whole.details["instrument"]).get("title") or _map(whole.details["instrument"]).get("id") or ""
        ),
        "asked": _asked(whole, certificate),
        "verdict": verdict,
        "advice": advice,
        "light": {"stable": "good", "unstable": "bad"}.get(str(certificate.get("verdict")), "open"),
        "named": [NAMED[word] for word in _texts(whole.details.get("named")) if word in NAMED],
        "facts": _facts(certificate, first),
        "rows": rows,
        "reportable": sum(row["reportable"] for row in rows),
        "shared": _shared(rows),
        "svg": ridge_plot([_ridge(row, crowd, beside) for row in rows], ends),
        "legend": _legend([runs[0][0], *(name for name, _ in beside)]) if beside else [],
        "people": int(_number(crowd.get("people")) or 0),
        "alpha": _alphas(crowd, rows),
    }


def _domains(whole: Measurement) -> list[str]:
    return _texts(whole.details.get("order"))[:MOST_DOMAINS]


def _row(measurement: Measurement | None) -> dict[str, Any] | None:
    """One domain: what was answered, whether that may be called a trait, and why not."""
    if measurement is None:
        return None
    answered = _map(measurement.details.get("answered"))
    ends = [_number(end) for end in _list(measurement.details.get("range"))]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return None
    mean, t = _number(answered.get("mean")), _map(answered.get("t"))
    low, high = _number(answered.get("low")), _number(answered.get("high"))
    gate = _texts(measurement.details.get("gate"))
    reason = (measurement.reason or "").removeprefix("not reportable: ")
    return {
        "id": measurement.name.removeprefix(f"{NAME}."),
        "name": str(measurement.details.get("called") or measurement.name),
        "ends": (ends[0], ends[1]),
        "mean": mean,
        "low": low,
        "high": high,
        "shown": "–" if mean is None else f"{mean:.2f}",
        "interval": "" if low is None or high is None else f"{low:.2f} … {high:.2f}",
        "pomp": "" if (pomp := _number(answered.get("pomp"))) is None else f"{pomp:.0f} %",
        "t": "" if (value := _number(t.get("value"))) is None else f"T {value:.0f} ({t.get('norms', '')})",
        "answered": f"{measurement.n} of {answered.get('items', '?')}",
        "missing": ", ".join(f"{count} {why.replace('_', ' ')}" for why, count in measurement.missing.items()),
        "reportable": measurement.value is not None,
        "reasons": [] if measurement.value is not None else gate or [reason],
        "verdict": str(_map(measurement.details.get("certificate")).get("verdict") or "not shown"),
    }


def _shared(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Reasons that all rows have, to be said once; they are taken off the rows."""
    if len(rows) < 2 or any(row["reportable"] for row in rows):
        return []
    common = [reason for reason in rows[0]["reasons"] if all(reason in row["reasons"] for row in rows)]
    for row in rows:
        row["reasons"][:] = [reason for reason in row["reasons"] if reason not in common]
    return common


def _asked(whole: Measurement, certificate: Mapping[str, Any]) -> str:
    conditions = [c for c in map(_list, _list(certificate.get("conditions"))) if len(c) == 3]
    items = _number(_map(whole.details["instrument"]).get("items"))
    count = "?" if items is None else f"{items:.0f}"
    wordings, orders = len({str(c[0]) for c in conditions}), len({str(c[2]) for c in conditions})
    route = ROUTES.get(str(_map(whole.details.get("asked")).get("route")), "one option")
    return (
        f"{count} sentences, each put in {_many(len(conditions), 'way')}: {_many(wordings, 'wording')}, the options in "
        f"{_many(orders, 'order')}. Taken was {route}."
    )


def _facts(certificate: Mapping[str, Any], found: Mapping[str, Measurement]) -> list[tuple[str, str, str]]:
    """The certificate, line by line: what was looked at, what came out, and what would be stable."""
    delta = _number(certificate.get("delta"))
    limit = "" if delta is None else f"less than {delta:.2f} would not matter"
    moved = [
        ("Options turned around", "raw.order"),
        ("Other words around the item", "raw.template"),
        ("Anything changed, keys applied", "keyed"),
    ]
    rows = [
        (label, f"the mean answer moves by up to {abs(value):.2f} points", limit)
        for label, key in moved
        if (value := _number(certificate.get(key))) is not None
    ]
    flips, items, flipped = (certificate.get(key) for key in ("flips", "items", "flipped"))
    if _number(flips) is not None and isinstance(flipped, list | tuple):
        rows.append(
            ("Sentences that change side", f"{len(flipped)} of {items}", "stable up to 5 %, unstable above 20 %")
        )
    if (icc := _number(certificate.get("icc"))) is not None:
        rows.append(("Agreement between the ways of asking", f"ICC {round(icc, 2) + 0:.2f}", "at least 0.75"))
    elif certificate.get("icc_reason"):
        rows.append(("Agreement between the ways of asking", f"none: {certificate['icc_reason']}", "at least 0.75"))
    if (invalid := _number(certificate.get("invalid"))) is not None:
        counts = ", ".join(f"{n} {why.replace('_', ' ')}" for why, n in _map(certificate.get("missing")).items())
        rows.append(
            ("Answers without data", f"{100 * invalid:.0f} %" + (f" ({counts})" if counts else ""), "at most 5 %")
        )
    return rows + _ways(found)


def _ways(found: Mapping[str, Measurement]) -> list[tuple[str, str, str]]:
    rows = []
    place, lean = found.get(f"{NAME}.place"), found.get(f"{NAME}.acquiescence")
    if place is not None and place.value is not None:
        rows.append(
            ("Same place when turned around", f"{100 * place.value:.0f} % of the pairs", "positional above 25 %")
        )
    if lean is not None and lean.value is not None:
        rows.append(
            ("Lean to agreeing", f"{round(lean.value, 2) + 0:+.2f} points", "whatever the sentence says; 0 is none")
        )
    return rows


def _ridge(row: Mapping[str, Any], crowd: Mapping[str, Any], beside: Runs) -> Ridge:
    others = [_row(found.get(f"{NAME}.{row['id']}")) for _, found in beside]
    scores = _map(_map(crowd.get("scores")).get(row["id"])).values()
    people = tuple(value for each in scores if (value := _number(each)) is not None)
    return Ridge(row["name"], people, tuple(_mark(each, row["ends"]) for each in (row, *others)))


def _mark(row: Mapping[str, Any] | None, ends: tuple[float, float]) -> Mark | None:
    if row is None or row["mean"] is None or row["ends"] != ends:
        return None
    return Mark(row["mean"], row["low"], row["high"], row["reportable"])


def _same(whole: Measurement, other: Measurement | None) -> bool:
    """Whether the other run put the same items."""
    if other is None:
        return False
    mine, theirs = (_map(each.details.get("instrument")) for each in (whole, other))
    return bool(mine.get("sha256")) and mine.get("sha256") == theirs.get("sha256")


def _alphas(crowd: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    found = _map(crowd.get("alpha"))
    return ", ".join(f"{row['name']} {a:.2f}" for row in rows if (a := _number(found.get(row["id"]))) is not None)


def _legend(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"label": name, "colour": look(index)[0], "dash": "solid"} for index, name in enumerate(names)]


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"


def _map(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _texts(found: object) -> list[str]:
    return [str(each) for each in _list(found)]


def _list(found: object) -> list[Any]:
    return list(found) if isinstance(found, list | tuple) else []


def _number(found: object) -> float | None:
    number = isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)
    return float(found) if number else None  # type: ignore[arg-type]
