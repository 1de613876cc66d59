"""Reasoning items with two options or more, from the files their authors publish. None come with the toolkit.

BigToM     CSV with ";" and no header, 19 columns a story: four items each (belief or action, change seen or not)
MMLU       CSV without a header: question, options, letter of the right one; or a folder of such files
any        JSON or JSON Lines: question, choices (or options), answer (index, letter or the option itself)
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.models.choices import Mcq

MAX_BYTES = 64 * MEGABYTE
BIGTOM_COLUMNS = 14  #: as many of the 19 as are read
_SUFFIXES = (".csv", ".json", ".jsonl")
#: Question → its column, and the columns of the answers if the change was seen and if it was not.
_BIGTOM = {"belief": (5, 8, 11), "action": (7, 10, 13)}


@dataclass(frozen=True, slots=True)
class Items:
    """Questions with their right option, and how many could not become one, by reason."""

    questions: tuple[Mcq, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


def read(path: Path | str) -> Items:
    """The items of a file, or of all CSV, JSON and JSON Lines files of a folder. Raises `FormatError` otherwise."""
    place = Path(path)
    found = _read_folder(place) if place.is_dir() else _read_one(place, place.stem)
    if not found.questions:
        raise FormatError(f"{str(path)!r} holds no item that could be asked")
    return found


def _read_folder(place: Path) -> Items:
    files = [file for file in sorted(place.iterdir()) if file.suffix.lower() in _SUFFIXES]
    if not files:
        raise FormatError(f"{str(place)!r} holds no {', '.join(_SUFFIXES)} file; name one with reasoning items")
    parts = [_read_one(file, file.stem) for file in files]
    missing: dict[str, int] = {}
    for part in parts:
        for reason, count in part.missing.items():
            missing[reason] = missing.get(reason, 0) + count
    return Items(tuple(question for part in parts for question in part.questions), missing)


def bigtom(rows: Sequence[Sequence[str]], name: str = "bigtom") -> Items:
    """Four items a story. The option that is right if the change was seen stands first in every second question, so
    that in each story, and over all of them, the right option stands first as often as second.

    Raises `FormatError` that names the line of a story with too few or empty cells.
    """
    found: list[Mcq] = []
    alike = 0
    for at, row in enumerate(rows, 1):
        needed = (0, 1, 2, *(column for columns in _BIGTOM.values() for column in columns))
        if len(row) < BIGTOM_COLUMNS or not all(row[column].strip() for column in needed):
            raise FormatError(f"line {at} is no BigToM story: it has {len(row)} cells, or one of those needed is empty")
        for turn, (kind, (question, if_seen, if_not)) in enumerate(_BIGTOM.items()):
            options = (row[if_seen].strip(), row[if_not].strip())
            if options[0] == options[1]:
                alike += 2
                continue
            swapped = (at + turn) % 2 == 1
            for change, seen in ((row[1], True), (row[2], False)):
                gold = 0 if seen is not swapped else 1
                found.append(
                    Mcq(
                        f"{name}/{at:03}-{kind}-{'seen' if seen else 'unseen'}",
                        row[question].strip(),
                        options[::-1] if swapped else options,
                        gold=gold,
                        context=f"{row[0].strip()} {change.strip()}",
                    )
                )
    return _items(found, alike)


def mmlu(rows: Sequence[Sequence[str]], name: str = "mmlu") -> Items:
    """One item a row, in the published order of options; a row with empty or equal options is counted and left out.

    Raises `FormatError` that names the line of a row without two options or with an answer that is no letter of one.
    """
    found: list[Mcq] = []
    alike = 0
    for at, row in enumerate(rows, 1):
        options, letter = tuple(cell.strip() for cell in row[1:-1]), row[-1].strip().upper() if row else ""
        gold = ascii_uppercase.find(letter) if len(letter) == 1 else -1
        if len(row) < 4 or not 0 <= gold < len(options):
            raise FormatError(f"{name!r} line {at} is no item: {len(options)} options and the answer {letter[:20]!r}")
        if len(set(options)) < len(options) or not all(options):
            alike += 1
            continue
        found.append(_mcq(f"{name}/{at:04}", row[0], options, gold))
    return _items(found, alike)


def _read_one(path: Path, name: str) -> Items:
    if path.suffix.lower() in (".json", ".jsonl"):
        return _from_json(path, name)
    rows = _cells(path, ";")
    if rows and len(rows[0]) >= BIGTOM_COLUMNS:
        return bigtom(rows, name)
    rows = _cells(path, ",")
    if rows and [cell.strip().lower() for cell in rows[0][:1]] == ["question"]:
        rows = rows[1:]
    if not rows:
        raise FormatError(f"{str(path)!r} holds no items")
    return mmlu(rows, name)


def _cells(path: Path, delimiter: str) -> list[list[str]]:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error


def _from_json(path: Path, name: str) -> Items:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        if path.suffix.lower() == ".jsonl":
            tree: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as JSON: {error}") from error
    if not isinstance(tree, list) or not tree:
        raise FormatError(f"{str(path)!r} holds no list of items")
    rows = [_row(entry, f"{str(path)!r}, item {at}") for at, entry in enumerate(tree, 1)]
    return mmlu(rows, name)


def _row(entry: Any, where: str) -> list[str]:
    """An entry as a row of an MMLU table."""
    options = entry.get("choices", entry.get("options")) if isinstance(entry, Mapping) else None
    if isinstance(options, Mapping):
        options = [options[key] for key in sorted(options)]
    if not isinstance(options, list) or not all(isinstance(each, str) for each in options) or len(options) > 26:
        raise FormatError(f"{where} has no list of up to 26 texts under 'choices' or 'options'")
    question, answer = entry.get("question"), entry.get("answer")
    if not isinstance(question, str):
        raise FormatError(f"{where} has no text under 'question'")
    if isinstance(answer, str) and answer in options:
        answer = options.index(answer)
    if type(answer) is int and 0 <= answer < len(options):
        answer = ascii_uppercase[answer]
    return [question, *options, str(answer)]


def _items(found: Sequence[Mcq], alike: int) -> Items:
    return Items(tuple(found), {"empty or equal options": alike} if alike else {})


def _mcq(id: str, question: str, options: tuple[str, ...], gold: int) -> Mcq:
    try:
        return Mcq(id, question.strip(), options, gold=gold)
    except UsageError as error:
        raise FormatError(f"{id!r}: {error}") from error
