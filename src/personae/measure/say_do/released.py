"""Reads results of self-report and behaviour runs as The Personality Illusion released them: one CSV row per model,
system prompt, temperature and run.

    data/baseline_responses/*.csv                           rows without a persona; "base…": models that were not tuned
    data/persona_injection/<what was injected>/<prompt>.csv rows with a persona, both kinds of columns together

More files, models, rows and columns are taken as they come. An empty cell is missing, never a zero.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited

MAX_BYTES = 256 * MEGABYTE

#: Columns that tell rows apart; everything else that is a number is a result.
FACTORS = ("model", "type", "persona", "persona_index", "persona_content", "temp", "run")
#: The release's column names → ours.
NAMES = {
    "openeness": "openness",
    "consciencienes": "conscientiousness",
    "cct_cold_avg": "cards",
    "iat_overall": "association",
    "sycophancy_rate": "sycophancy",
    "calibaration": "calibration",
}
BIG_FIVE = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
SELF_REPORT = (*BIG_FIVE, "self_regulation")
TASKS = ("cards", "association", "sycophancy", "calibration", "consistency")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One row: who, under which setting, and its numbers by our names (those that are there)."""

    model: str
    setting: Key
    numbers: Mapping[str, float]

    @property
    def key(self) -> Key:
        """What a row of another file must share to be of the same model and setting."""
        return (self.model, *self.setting)


@dataclass(frozen=True, slots=True)
class Released:
    """What a folder holds. `injected` has the rows of each persona prompt by (what was injected, file name).

    base:  self-reports of models that were not tuned to follow instructions.
    empty: cells without a number, by column, over all files.
    """

    self_report: tuple[Cell, ...]
    tasks: tuple[Cell, ...]
    base: tuple[Cell, ...]
    injected: Mapping[tuple[str, str], tuple[Cell, ...]]
    empty: Mapping[str, int]


def read_released(folder: Path | str) -> Released:
    """Everything in the folder (or in its `data`).

    Raises `FormatError` for a folder without such files, for a file that is no such table, and for two rows of the same
    model and setting in one file.
    """
    root = Path(folder)
    root = root / "data" if (root / "data").is_dir() else root
    first = sorted((root / "baseline_responses").glob("*.csv"))
    if not first:
        raise FormatError(f"no results in {str(folder)!r}: no baseline_responses/*.csv; name the released folder")
    empty: dict[str, int] = {}
    parts: dict[str, list[Cell]] = {"base": [], "self_report": [], "tasks": []}
    for path in first:
        cells = read_cells(path, empty)
        behaviour = any(name in cell.numbers for cell in cells for name in TASKS)
        kind = "tasks" if behaviour else "base" if path.name.startswith("base") else "self_report"
        parts[kind] += cells
    injected = {
        (path.parent.name, path.stem): read_cells(path, empty)
        for path in sorted((root / "persona_injection").glob("*/*.csv"))
    }
    return Released(tuple(parts["self_report"]), tuple(parts["tasks"]), tuple(parts["base"]), injected, empty)


def read_cells(path: Path | str, empty: dict[str, int] | None = None) -> tuple[Cell, ...]:
    """The rows of one file. Cells without a number are counted into `empty` by column."""
    rows = _rows(Path(path))
    found: dict[Key, Cell] = {}
    for at, row in enumerate(rows, 2):
        setting = tuple(row.get(name, "") for name in ("persona_index", "temp", "run"))
        numbers: dict[str, float] = {}
        for name, text in row.items():
            value = None if name in FACTORS else _number(text, path, at, name)
            if value is not None:
                numbers[NAMES.get(name, name)] = value
            elif name not in FACTORS and empty is not None:
                empty[NAMES.get(name, name)] = empty.get(NAMES.get(name, name), 0) + 1
        cell = Cell(row["model"], setting, numbers)
        if cell.key in found:
            raise FormatError(f"{str(path)!r} line {at} repeats {cell.key!r}; every model and setting has one row")
        found[cell.key] = cell
    return tuple(found.values())


def by_model(cells: Iterable[Cell], column: str) -> dict[str, tuple[float, ...]]:
    """The numbers of a column, by model; models without any are not there."""
    found: dict[str, list[float]] = {}
    for cell in cells:
        if column in cell.numbers:
            found.setdefault(cell.model, []).append(cell.numbers[column])
    return {model: tuple(values) for model, values in found.items()}


def means(cells: Iterable[Cell], column: str) -> dict[str, float]:
    """The mean of a column, by model."""
    return {model: math.fsum(values) / len(values) for model, values in by_model(cells, column).items()}


def joined(left: Sequence[Cell], right: Sequence[Cell]) -> tuple[Cell, ...]:
    """Rows of the same model and setting as one row with the numbers of both; others are left out."""
    other = {cell.key: cell.numbers for cell in right}
    return tuple(
        Cell(cell.model, cell.setting, {**cell.numbers, **other[cell.key]}) for cell in left if cell.key in other
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        head = [name.strip().lower() for name in reader.fieldnames or ()]
        if "model" not in head or len(set(head)) < len(head):
            raise FormatError(
                f"{str(path)!r} is no table of results: its columns are {head!r}, 'Model' once among them"
            )
        rows = [dict(zip(head, row.values(), strict=False)) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    if odd := [at for at, row in enumerate(rows, 2) if len(row) < len(head) or None in row.values()]:
        raise FormatError(f"{str(path)!r} line {odd[0]} has fewer cells than the {len(head)} columns")
    return rows


def _number(text: str, path: Path | str, line: int, column: str) -> float | None:
    """The finite number of a cell; None for an empty one. Raises FormatError for text where a number belongs."""
    if text.strip().lower() in ("", "na", "nan", "none", "null"):
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        raise FormatError(f"{str(path)!r} line {line}: {column!r} is {text[:40]!r}, which is no number")
    return value
