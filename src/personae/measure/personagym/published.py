"""Totals others have reported, recomputed from their own parts before anybody quotes them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.personagym.protocol import TASKS, task_named

TOTAL = "PersonaScore"
#: Two decimals were reported, so a total may be off by half of the last one.
ROUNDING = 0.005


@dataclass(frozen=True, slots=True)
class Reported:
    """One row of a table: five task scores, the total that stands beside them, and their mean."""

    model: str
    tasks: dict[str, float]
    stated: float

    @property
    def mean(self) -> float:
        """The unweighted mean of the five tasks."""
        return math.fsum(self.tasks.values()) / len(self.tasks)

    @property
    def consistent(self) -> bool:
        """Whether the total is the mean of its tasks, but for rounding."""
        return abs(self.stated - self.mean) <= ROUNDING + 1e-9

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "model": self.model,
            "tasks": dict(self.tasks),
            "stated": self.stated,
            "mean": round(self.mean, 6),
            "consistent": self.consistent,
        }


def load_published(path: Path | str) -> tuple[Reported, ...]:
    """The rows of a file model → {task: score, …, "PersonaScore": total}. Raises FormatError for another."""
    try:
        tree = json.loads(read_limited(path, MEGABYTE).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no JSON in UTF-8: {error}") from error
    if not isinstance(tree, dict) or not tree:
        raise FormatError(f"{str(path)!r} is no object of scores by model")
    return tuple(_row(str(model), scores, str(path)) for model, scores in tree.items())


def _row(model: str, scores: object, path: str) -> Reported:
    if not isinstance(scores, dict) or not all(_is_score(value) for value in scores.values()):
        raise FormatError(f"the row {model!r} of {path!r} is no object of scores from 1 to 5")
    try:
        tasks = {task_named(name): float(value) for name, value in scores.items() if name != TOTAL}
    except UsageError as error:
        raise FormatError(f"the row {model!r} of {path!r}: {error}") from error
    if TOTAL not in scores or len(scores) != len(TASKS) + 1 or set(tasks) != set(TASKS):
        raise FormatError(f"the row {model!r} of {path!r} has not the five tasks and a {TOTAL}")
    return Reported(model, {task: tasks[task] for task in TASKS}, float(scores[TOTAL]))


def _is_score(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 5
