"""What people thought of 28 systems and of a human, from the raw table of See et al. (2019).

The file is the printed form of a data frame: blocks of columns, each with a header, the name of a group of systems only
in its first row. It comes with the data of the paper (`raw_table_9.txt`), not with the toolkit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from personae.errors import FormatError, UsageError
from personae.files import read_limited

#: A table larger than this is none.
MAX_BYTES = 1024 * 1024

#: The columns: avoiding repetition, enjoyment (engagingness), fluency, inquisitiveness, interest, listening, making
#: sense on 1 … 4 (Turing: humanlike, 1 … 4), and the share of raters who picked the right persona of two.
COLUMNS = (
    "avoid_rep", "enjoy", "fluency", "inquisitive", "interest", "listen", "make_sense", "persona_guess", "turing",
)  # fmt: skip

_NUMBER = re.compile(r"-?\d+\.\d+\Z")


@dataclass(frozen=True)
class HumanTable:
    """Means of the human ratings: (system, setting) → column → mean. The setting of a system without any is ""."""

    means: Mapping[tuple[str, str], Mapping[str, float]] = field(repr=False)

    def mean(self, column: str, system: str, setting: str = "") -> float:
        """One cell. Raises `UsageError` for a system or a column that is not there."""
        if (system, setting) not in self.means or column not in self.means[system, setting]:
            known = ", ".join(" ".join(key).strip() for key in self.means)
            raise UsageError(f"no cell {column!r} of {f'{system} {setting}'.strip()!r}; the systems are {known}")
        return self.means[system, setting][column]

    @property
    def systems(self) -> tuple[tuple[str, str], ...]:
        """(system, setting) of every row but the human's."""
        return tuple(key for key in self.means if key[0] != "human")


def read_human_table(path: Path | str) -> HumanTable:
    """The table in a file. Raises `FormatError` for a file that is not this table, or lacks cells."""
    means: dict[tuple[str, str], dict[str, float]] = {}
    columns: list[str] = []
    system, at = "", 0
    for number, line in enumerate(read_limited(path, MAX_BYTES).decode("utf-8", "replace").splitlines(), 1):
        cells = line.rstrip("\\ ").split()
        if cells and all(cell in COLUMNS for cell in cells):
            columns = cells
        elif cells[:2] == ["model_type", "model_bucket"]:
            at = line.index("model_bucket")
        elif cells:
            values = cells[-len(columns) :] if columns else []
            if not at or not values or len(values) < len(columns) or not all(map(_NUMBER.match, values)):
                raise FormatError(f"line {number} of {str(path)!r} is no row of the table: {line[:60]!r}")
            system = line[:at].strip() or system
            setting = " ".join(cells[: -len(columns)]).removeprefix(line[:at].strip()).strip()
            means.setdefault((system, setting), {}).update(zip(columns, map(float, values), strict=True))
    _check_whole(means, path)
    return HumanTable(means)


def _check_whole(means: Mapping[tuple[str, str], Mapping[str, float]], path: Path | str) -> None:
    if ("human", "") not in means:
        raise FormatError(f"{str(path)!r} has no row 'human'; it is not the table of human ratings")
    for (system, setting), row in means.items():
        if missing := [column for column in COLUMNS if column not in row]:
            raise FormatError(f"{str(path)!r} lacks {', '.join(missing)} of {f'{system} {setting}'.strip()!r}")
