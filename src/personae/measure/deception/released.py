"""Counts of verdicts that others released: a CSV with the columns model, incentive, response_verdict, count.

A blank incentive is the bare situation, a blank verdict an answer that could not be labelled.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.stats.intervals import Interval, wilson
from personae.stats.two_by_two import yates

_VERDICTS: Mapping[str, Literal["honest", "deceptive", "invalid"]] = {
    "honest": "honest",
    "decept": "deceptive",
    "deceptive": "deceptive",
    "": "invalid",
    "invalid": "invalid",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers by verdict."""

    honest: int = 0
    deceptive: int = 0
    invalid: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.honest + self.deceptive + self.invalid

    def absent(self, planned: int) -> int:
        """How many of the planned rows are missing altogether."""
        return planned - self.rows

    @property
    def share(self) -> Interval:
        """Deceptive among honest and deceptive, with the Wilson interval.

        >>> round(100 * Counts(honest=229, deceptive=69).share.value, 2)
        23.15
        """
        return wilson(self.deceptive, self.honest + self.deceptive)

    def p(self, other: Counts) -> float:
        """Yates' corrected chi-square test of the two shares, as if their rows were not paired (they are, by scenario,
        but the release holds counts only)."""
        return yates((self.deceptive, self.honest), (other.deceptive, other.honest)).p


def read_counts(path: Path | str) -> dict[str, dict[str, Counts]]:
    """Counts by model and incentive ("none" for a blank one). Raises `FormatError` that names the row."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_limited(path, MEGABYTE).decode("utf-8-sig"))))
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for line, row in enumerate(rows, 2):
        cells = {key: (row.get(key) or "").strip() for key in ("model", "incentive", "response_verdict", "count")}
        verdict = _VERDICTS.get(cells["response_verdict"].lower())
        if not cells["model"] or verdict is None or not cells["count"].isdecimal():
            raise FormatError(f"{str(path)!r}, row {line}: {cells!r} is no count of a verdict")
        cell = counted.setdefault(cells["model"], {}).setdefault(cells["incentive"] or "none", {})
        cell[verdict] = cell.get(verdict, 0) + int(cells["count"])
    return {model: {name: Counts(**cell) for name, cell in cells.items()} for model, cells in counted.items()}
