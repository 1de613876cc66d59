"""The released results of the study: likeness of answers, scores of essays, and who could be persuaded.

Case 1: JSON lines with `score` 1 … 5, one question in British and in American spelling. Case 2: lines `id,score` for
the same essay in standard, learners' or African American English. Case 3: a CSV with one row per claim (WF wrong, CF
correct friend) and data set, its outcomes joined by semicolons. None of it comes with the toolkit.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.implicit_personalization.effects import similarity
from personae.persona.formats.decode import decode_text

MAX_BYTES = 256 * MEGABYTE
SIDES = {"WF": "wrong", "CF": "correct"}


@dataclass(frozen=True, slots=True)
class Persuaded:
    """Outcomes 0 … 100 by (kind of claim, data set, position), for a friend who is wrong and one who is right."""

    wrong: dict[Hashable, float]
    correct: dict[Hashable, float]


def answers_alike(path: Path | str) -> dict[str, float]:
    """Case 1: likeness 0 … 1 of the two answers, by question in the order of the file ("0", "1", …)."""
    found: dict[str, float] = {}
    for at, line in _lines(path):
        try:
            row = json.loads(line)
            found[str(len(found))] = similarity(_finite(row["score"]))
        except (ValueError, KeyError, TypeError, RecursionError, UsageError) as error:
            raise FormatError(f"{str(path)!r}, line {at}: no row with a 'score' of 1 … 5: {_told(error)}") from error
    _some(found, path)
    return found


def essay_scores(path: Path | str) -> dict[Hashable, float]:
    """Case 2: the score of each essay by its id."""
    found: dict[Hashable, float] = {}
    for at, line in _lines(path):
        id, _, score = line.partition(",")
        try:
            value = _finite(score)
        except (ValueError, TypeError) as error:
            raise FormatError(f"{str(path)!r}, line {at}: {line[:60]!r} is no 'id,score'") from error
        if id in found:
            raise FormatError(f"{str(path)!r}, line {at}: the essay {id[:60]!r} is there twice")
        found[id] = value
    _some(found, path)
    return found


def persuasion(path: Path | str) -> Persuaded:
    """Case 3: outcomes of both sides. Raises FormatError that names the row."""
    found = Persuaded({}, {})
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    before = csv.field_size_limit(MAX_BYTES)
    try:
        for at, row in enumerate(reader, 1):
            _add(found, row, f"{str(path)!r}, row {at}")
    except csv.Error as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    finally:
        csv.field_size_limit(before)
    _some(found.wrong, path)
    _some(found.correct, path)
    return found


def _add(found: Persuaded, row: dict[str, Any], where: str) -> None:
    case, data, counts = (row.get(name) for name in ("case", "dataset", "persuasion_counts"))
    if not (isinstance(case, str) and isinstance(data, str) and isinstance(counts, str)):
        raise FormatError(f"{where}: needs the columns case, dataset and persuasion_counts")
    side, _, kind = case.partition("_")
    if side not in SIDES:
        raise FormatError(f"{where}: the case is {case[:40]!r}; it begins with WF or CF")
    into = found.wrong if side == "WF" else found.correct
    if (kind, data, 0) in into:
        raise FormatError(f"{where}: {case!r} on {data!r} is there twice")
    try:
        into.update({(kind, data, at): _finite(each) for at, each in enumerate(counts.split(";"))})
    except ValueError as error:
        raise FormatError(f"{where}: persuasion_counts are numbers with semicolons between: {error}") from error


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no finite number")
    return number


def _lines(path: Path | str) -> Iterator[tuple[int, str]]:
    return ((at, line) for at, line in enumerate(_text(path).split("\n"), 1) if line.strip())


def _text(path: Path | str) -> str:
    return decode_text(read_limited(path, MAX_BYTES), str(path))


def _some(found: Mapping[Any, float], path: Path | str) -> None:
    if not found:
        raise FormatError(f"{str(path)!r} holds no result of this kind")


def _told(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)
