"""Verdicts somebody has recorded in a CSV file, so that their certainty can be checked without a single call.

The columns `answer`, `certainty` and `ground_truth` are needed; `run` tells several runs in one file apart.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.stats.calibration import Calibration, report

MAX_BYTES = 200 * MEGABYTE
NEEDED = ("answer", "certainty", "ground_truth")
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The rows of one run, as written: what was answered, how surely, and what is true."""

    answers: tuple[str, ...]
    certainties: tuple[str, ...]
    gold: tuple[str, ...]

    def report(self, *, sides: Collection[str] = ("A", "B"), seed: int = 0) -> Calibration:
        """What the certainty is worth. An answer that is none of `sides` is unparsed: asked, and not answered.

        >>> Recorded(("A", "N"), ("80", "NA"), ("A", "B")).report().accuracy.reason
        '1 of 2 answers could be read; 90% are needed'
        """
        rows = list(zip(self.answers, self.certainties, self.gold, strict=True))
        read = [(answer, certainty, gold) for answer, certainty, gold in rows if answer in sides]
        return report(
            [_certainty(certainty) for _, certainty, _ in read],
            [answer == gold for answer, _, gold in read],
            said=[answer for answer, _, _ in read],
            gold=[gold for _, _, gold in read],
            asked=len(rows),
            seed=seed,
        )


def read_recorded(path: Path | str) -> dict[str, Recorded]:
    """The runs of a file by name, in the order they come; "" is the name where there is no column `run`.

    Raises FormatError for a file that is no such table or cannot be read, UnsafeFile for one above 200 MB.
    """
    runs: dict[str, list[tuple[str, str, str]]] = {}
    try:
        reader = csv.DictReader(io.StringIO(read_limited(path, MAX_BYTES).decode("utf-8-sig"), newline=""))
        lacking = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if lacking:
            raise FormatError(f"{str(path)!r} has no column {', '.join(lacking)}; {', '.join(NEEDED)} are needed")
        for row in reader:
            answer, certainty, gold = ((row[name] or "").strip() for name in NEEDED)
            runs.setdefault(row.get("run") or "", []).append((answer, certainty, gold))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"{str(path)!r} is no CSV text in UTF-8: {error}") from error
    return {name: Recorded(*(tuple(column) for column in zip(*rows, strict=True))) for name, rows in runs.items()}


def _certainty(text: str) -> float | None:
    """The number, if it is one from above 0 to 100; what else was written is no certainty."""
    value = float(text) if _NUMBER.fullmatch(text) else 0.0
    return value if 0 < value <= 100 else None
