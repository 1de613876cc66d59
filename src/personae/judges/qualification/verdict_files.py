"""Recorded verdicts from CSV or JSON lines, and the report on their certainty as plain data."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import read_limited
from personae.judges.recorded import MAX_BYTES, NEEDED, Recorded, read_recorded
from personae.persona.formats.json_text import decode, parse
from personae.stats.calibration import Calibration


def read_verdicts(path: Path | str) -> dict[str, Recorded]:
    """The runs of a file by name, "" where there is none: CSV, or JSON lines (`.jsonl`) with the same keys.

    Needed are `answer`, `certainty` and `ground_truth`; `run` is optional. Raises FormatError naming the line that
    cannot be read, UnsafeFile above 200 MB.
    """
    if Path(path).suffix.lower() not in (".jsonl", ".ndjson"):
        return read_recorded(path)
    name = Path(path).name
    text, _ = decode(read_limited(path, MAX_BYTES), name)
    runs: dict[str, list[tuple[str, str, str]]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            run, row = _row(parse(line, f"{name}, line {number}"), f"{name!r}, line {number}")
            runs.setdefault(run, []).append(row)
    return {run: Recorded(*(tuple(column) for column in zip(*rows, strict=True))) for run, rows in runs.items()}


def as_data(found: Calibration) -> dict[str, Any]:
    """A report as plain JSON data, the verdict beside its figures; `unanswered` counts what could not be read."""
    lean = found.lean
    data = dataclasses.asdict(found) | {"verdict": found.verdict, "unanswered": found.asked - found.n}
    if lean is not None:
        data["lean"] = dataclasses.asdict(lean) | {"biased": lean.biased}
    return data


def _row(tree: Any, where: str) -> tuple[str, tuple[str, str, str]]:
    if not isinstance(tree, dict):
        raise FormatError(f"{where}: not a JSON object; give one with {', '.join(NEEDED)} per line")
    if lacking := [key for key in NEEDED if key not in tree]:
        raise FormatError(f"{where}: there is no {', '.join(lacking)}; {', '.join(NEEDED)} are needed")
    answer, certainty, gold = (_text(tree[key], key, where) for key in NEEDED)
    return _text(tree.get("run"), "run", where), (answer, certainty, gold)


def _text(value: Any, key: str, where: str) -> str:
    """A value as it would stand in CSV; null is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FormatError(f"{where}: {key} is {value!r}; give text or a number")
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
