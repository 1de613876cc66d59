"""What the page shows, as plain data: everything is decided here, the template only lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.errors import FormatError
from personae.measure.compare import compare_runs
from personae.measure.run_folder import Manifest, RunFolder
from personae.models.ledger import Ledger, Prices
from personae.persona.persona import Persona
from personae.report.about import FOOTNOTES, LABELS, LIGHT_WORDS, METHODS, TILES, shareable, why_missing
from personae.report.audits import audits_view
from personae.report.coverage import coverage_view
from personae.report.heat_map import below_gate, consistency_view
from personae.report.judged import judge_of, judges_view, stands_apart
from personae.report.personality import personality_view
from personae.report.plots import drift_curve, look, relevance_plot
from personae.report.portrait import initials, portrait
from personae.report.rows import has, lore_rows, statement_rows, style_rows, talk_rows
from personae.report.say_do import say_do_view
from personae.report.scorecard import scorecard_of, scorecard_view
from personae.report.verdict import LINES, light_of
from personae.stats.scorecard import Metric, Scorecard
from personae.types import Measurement

#: Rows of statements that are shown; the others open on a click.
OPEN_ROWS = 60


@dataclass(frozen=True)
class Run:
    """One run, read from its folder."""

    folder: RunFolder
    manifest: Manifest
    persona: Persona
    measurements: Mapping[str, Measurement]


def page_data(runs: Sequence[Run], bands: Sequence[Metric] | None = None) -> dict[str, Any]:
    """Everything the page needs; the first run is shown in full, the others are compared with it."""
    first = runs[0]
    numbers = [number(m) for m in first.measurements.values() if not below_gate(m) and not stands_apart(m)]
    statements = statement_rows(first.persona, first.measurements)
    grounding = first.measurements.get("grounding")
    drift = first.measurements.get("drift")
    return {
        "runs": [_header(run) for run in runs],
        "tiles": [_tile(first, name) for name in TILES if _may_lead(first.measurements.get(name))],
        "verdicts": {word: [n for n in numbers if n["light"] == light] for light, word in LIGHT_WORDS.items()},
        "numbers": numbers,
        "below_gate": [number(m) | {"light": None} for m in first.measurements.values() if below_gate(m)],
        "judges": judges_view(first.measurements.values()),
        "judged_apart": [number(m) | {"light": None} for m in first.measurements.values() if stands_apart(m)],
        "comparison": _comparison(runs) if len(runs) > 1 else [],
        "scorecard": scorecard_view(scorecard(runs, bands)),
        "drift": _drift(runs),
        "drift_reason": drift.reason if drift is not None else None,
        "talks": talk_rows(drift),
        "consistency": consistency_view(first.measurements),
        "personality": personality_view([(_called(run), run.measurements) for run in runs]),
        "say_do": say_do_view(first.measurements),
        "audits": audits_view(first.measurements),
        "relevance_svg": relevance_plot(grounding.details["curve"]) if grounding and has(grounding, "curve") else "",
        "relevance_legend": _legend(["own statement", "others' statements"]),
        "statements": {"open": statements[:OPEN_ROWS], "folded": statements[OPEN_ROWS:]},
        "unasked": len(first.persona.statements) - len(statements),
        "methods": _methods(first),
        "has_book": first.persona.lorebook is not None,
        "lore": lore_rows(drift),
        "style": style_rows(first.measurements.get("style")),
        "cost": [n for n in numbers if n["name"].startswith("cost.")],
        "ledger": _ledger(first),
        "missing": _missing(first),
        "coverage": coverage_view(first.persona, first.manifest.measures, first.measurements),
        "lines": [{"label": LABELS[name], "line": str(line)} for name, line in LINES.items()],
    }


def scorecard(runs: Sequence[Run], bands: Sequence[Metric] | None = None) -> Scorecard | None:
    """The runs by metrics, each under a name of its own."""
    names = [_called(run) for run in runs]
    distinct = [f"{n}, {r.folder.path.name}" if names.count(n) > 1 else n for n, r in zip(names, runs, strict=True)]
    return scorecard_of({name: run.measurements for name, run in zip(distinct, runs, strict=True)}, bands)


def number(measurement: Measurement) -> dict[str, Any]:
    """One number as it is printed: value, interval, light and what is missing."""
    light = light_of(measurement)
    judge = judge_of(measurement)
    return {
        "name": measurement.name,
        "label": LABELS.get(measurement.name, measurement.name),
        "value": shown(measurement.value, measurement.unit),
        "reason": measurement.reason,
        "interval": _interval(measurement),
        "n": measurement.n,
        "missing": sum(measurement.missing.values()),
        "light": light,
        "light_word": LIGHT_WORDS[light] if light else "",
        "judge": judge.beside if judge else "",
    }


def shown(value: float | None, unit: str) -> str:
    """A value with its unit: shares as per cent, small values with the digits they need.

    >>> shown(0.25, "share"), shown(1234.5, "tokens"), shown(0.054, "s"), shown(None, "share")
    ('25 %', '1,234', '0.05 s', '–')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.0f} %"
    if unit == "tokens":
        return f"{value:,.0f}"
    if unit == "s":
        return f"{value:.1f} s" if abs(value) >= 1 else f"{value:.2f} s"
    if unit == "money":
        return f"{value:.2f}" if abs(value) >= 1 else f"{value:.6f}"
    return f"{value:.2f}"


def change(difference: Measurement) -> str:
    """A difference with its sign; shares in percentage points.

    >>> change(Measurement("grounding", -0.25, unit="share")), change(Measurement("style", 0.5))
    ('−25 points', '+0.50')
    """
    return _signed(difference.value, difference.unit) + (" points" if difference.unit == "share" else "")


def _signed(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    size = f"{100 * abs(value):.0f}" if unit == "share" else shown(abs(value), unit)
    return ("−" if value < 0 else "+" if value > 0 else "±") + size


def _interval(measurement: Measurement) -> str:
    if measurement.low is None or measurement.high is None:
        return ""
    return f"{shown(measurement.low, measurement.unit)} … {shown(measurement.high, measurement.unit)}"


def _may_lead(measurement: Measurement | None) -> bool:
    return measurement is not None and not below_gate(measurement) and not stands_apart(measurement)


def _tile(run: Run, name: str) -> dict[str, Any]:
    """A number of the summary, with what it has to be compared with."""
    beside = []
    for other, word in FOOTNOTES.get(name, ()):
        if other == "chance":
            value, unit = run.measurements[name].details.get("chance"), "share"
        else:
            against = run.measurements.get(other)
            value, unit = (against.value, against.unit) if against is not None else (None, "")
        if value is not None:
            beside.append(f"{word} {shown(value, unit)}")
    return number(run.measurements[name]) | {"beside": " · ".join(beside)}


def _header(run: Run) -> dict[str, Any]:
    persona, manifest = run.persona, run.manifest
    return {
        "name": persona.name,
        "initials": initials(persona.name),
        "portrait": portrait(run.folder.path / manifest.persona_file),
        "summary": persona.summary,
        "model": manifest.model,
        "created": manifest.created.replace("T", " ").removesuffix("+00:00"),
        "hash": manifest.content_hash,
        "seed": manifest.seed,
        "n": manifest.n,
        "temperature": manifest.temperature,
        "measures": ", ".join(manifest.measures),
        "command": shareable(manifest.command),
        "versions": dict(manifest.versions),
        "folder": run.folder.path.resolve().name,
        "language": persona.language,
        "finished": manifest.status == "done",
    }


def _drift(runs: Sequence[Run]) -> dict[str, Any]:
    """The curves: friendly talk and pressure of one run, or the pressure of each of several."""
    labels, series = [], []
    turns: set[int] = set()
    chance = None
    for run in runs:
        drift = run.measurements.get("drift")
        if drift is None or not has(drift, "curve"):
            continue
        chance = drift.details.get("chance", chance)
        for condition, label in (("pressure", "under pressure"), ("talk", "friendly talk")):
            points = [point for point in drift.details["curve"] if point["condition"] == condition]
            if points and (condition == "pressure" or len(runs) == 1):
                labels.append(f"{_called(run)}: {label}" if len(runs) > 1 else label)
                series.append(points)
                turns.update(point["turn"] for point in points)
    svg = drift_curve(series, chance, sorted(turns)) if series else ""
    return {"svg": svg, "legend": _legend(labels), "chance": shown(chance, "share")}


def _legend(labels: Sequence[str]) -> list[dict[str, str]]:
    return [{"label": label, "colour": look(index)[0], "dash": look(index)[1]} for index, label in enumerate(labels)]


def _called(run: Run) -> str:
    return f"{run.persona.name}, {run.manifest.model}"


def _comparison(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One row per number: its value in each run and, for the same persona, the paired difference to the first."""
    first = list(runs[0].measurements.values())
    differences = [
        {m.name: m for m in compare_runs(list(run.measurements.values()), first)}
        if run.persona.name == runs[0].persona.name
        else {}
        for run in runs[1:]
    ]
    rows = []
    for name in dict.fromkeys(name for run in runs for name in run.measurements):
        cells = [number(run.measurements[name]) if name in run.measurements else None for run in runs]
        changes = [None, *(_change(found.get(name)) for found in differences)]
        rows.append({"label": LABELS.get(name, name), "cells": list(zip(cells, changes, strict=True))})
    return rows


def _change(difference: Measurement | None) -> dict[str, Any] | None:
    """A paired difference as it is printed; None where none can be had. `sure` when its interval excludes zero."""
    if difference is None or difference.value is None:
        return None
    unit, low, high = difference.unit, difference.low, difference.high
    details = difference.details
    facts = [f"{difference.n} pairs"]
    if low is not None and high is not None:
        facts.insert(0, f"{_signed(low, unit)} … {_signed(high, unit)}")
    facts += [f"{letter} {details[letter]:.2f}" for letter in ("d", "p") if details.get(letter) is not None]
    sure = low is not None and high is not None and (low > 0 or high < 0)
    return {"value": change(difference), "facts": "; ".join(facts), "sure": sure}


def _methods(run: Run) -> list[dict[str, str]]:
    """Each way in which options were scored, with what it means."""
    measurement = run.measurements.get("self_knowledge")
    ways = measurement.details.get("methods", ()) if measurement is not None else ()
    return [{"name": way, "means": METHODS.get(way, "")} for way in ways]


def _ledger(run: Run) -> dict[str, Any] | None:
    """What the whole run took, from its ledger; None when there is none that can be read."""
    file, prices = run.folder.ledger, run.manifest.prices
    if not file.is_file():
        return None
    try:
        ledger = Ledger(file, Prices(*prices) if prices else None)
    except FormatError:
        return None
    total = ledger.total()
    kinds = Counter(entry.kind for entry in ledger.entries if not entry.hit)
    return {
        "calls": f"{total.calls:,}",
        "kinds": ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()),
        "hits": f"{total.hits:,}",
        "read": f"{total.usage.prompt_tokens:,}",
        "written": f"{total.usage.completion_tokens:,}",
        "cached": f"{total.usage.cached_tokens:,}",
        "prefix": shown(total.prefix_share, "share"),
        "seconds": f"{total.usage.seconds:,.0f} s",
        "money": shown(total.money, "money") if prices else "",
        "prices": f"{prices[0]:g} read, {prices[1]:g} written" if prices else "",
        "failures": ", ".join(f"{count} {name}" for name, count in total.failures.items()),
    }


def _missing(run: Run) -> list[dict[str, Any]]:
    """Every number that lacks something, with the reasons in words."""
    return [
        {
            "label": LABELS.get(m.name, m.name),
            "name": m.name,
            "n": m.n,
            "reason": m.reason,
            "counts": [(count, why_missing(reason)) for reason, count in m.missing.items()],
        }
        for m in run.measurements.values()
        if m.missing or m.reason
    ]
