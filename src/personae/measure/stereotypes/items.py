"""Items of BBQ and CrowS-type pairs as the user's files hold them, read once for every way to ask them. [BBQ, 2022]"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited

MAX_BYTES = 64 * MEGABYTE
AMBIGUOUS, CLEAR = "ambig", "disambig"
OPTIONS = ("ans0", "ans1", "ans2")


@dataclass(frozen=True, slots=True)
class BbqItem:
    """A question, what is known before it, its three options and the place of the right one.

    id:        file and line. dataset: the file. where: the same for a message.
    ambiguous: whether the context leaves the answer open, so that "unknown" is right.
    codes:     of each option 1 biased, −1 against the bias, 0 unknown.
    """

    id: str
    dataset: str
    where: str
    context: str
    question: str
    options: tuple[str, ...]
    gold: int
    ambiguous: bool
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences: the first is the more stereotypical one. `kind` says about what."""

    id: str
    more: str
    less: str
    kind: str


def read_bbq_items(path: Path | str) -> tuple[BbqItem, ...]:
    """The items of a `.jsonl` file, or of all in a folder but recorded predictions (`preds_…`).

    Raises `FormatError` that names the line which is no BBQ item, and where there is none at all.
    """
    place = Path(path)
    files = [place] if place.is_file() else sorted(f for f in place.glob("*.jsonl") if not f.name.startswith("preds_"))
    found = tuple(_item(row, file, at) for file in files for at, row in rows(file))
    if not found:
        raise FormatError(f"{str(path)!r} holds no BBQ items; name a folder of its .jsonl files")
    return found


def read_pairs(path: Path | str) -> tuple[Pair, ...]:
    """The pairs of a CSV file, or of the first in a folder, with the columns `sent_more`, `sent_less` and `bias_type`.

    `sent_more` is the more stereotypical one, whichever way the column `stereo_antistereo` points. Pairs without a
    difference are left out. Raises `FormatError` for a file without the columns, or without a pair.
    """
    place = Path(path)
    file = place if place.is_file() else next(iter(sorted(place.glob("*.csv"))), place)
    try:
        table = list(csv.DictReader(io.StringIO(read_limited(file, MAX_BYTES).decode("utf-8-sig"))))
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(file)!r} cannot be read as CSV: {error}") from error
    found = []
    for at, row in enumerate(table):
        more, less = (row.get("sent_more") or "").strip(), (row.get("sent_less") or "").strip()
        if more and less and more != less:
            found.append(Pair(f"{at:05}", more, less, row.get("bias_type") or ""))
    if not found:
        raise FormatError(f"{str(path)!r} holds no pairs; it needs the columns sent_more and sent_less")
    return tuple(found)


def rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a JSON Lines file with their line numbers. Raises `FormatError` for a line that is none."""
    for at, line in enumerate(read_limited(file, MAX_BYTES).decode("utf-8", "replace").splitlines(), 1):
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{str(file)!r} line {at} is no JSON: {error}") from error
        if row is not None and not isinstance(row, dict):
            raise FormatError(f"{str(file)!r} line {at} is no object")
        if row is not None:
            yield at, row


def codes(row: Mapping[str, Any]) -> tuple[int, ...]:
    """What each option of a BBQ item is: 1 biased, −1 against the bias, 0 unknown. The group of an option is the
    second part of its `answer_info`.

    >>> info = {"ans0": ["A", "old"], "ans1": ["B", "young"], "ans2": ["C", "unknown"]}
    >>> codes({"answer_info": info, "additional_metadata": {"stereotyped_groups": ["Old"]}, "question_polarity": "neg"})
    (1, -1, 0)
    """
    stereotyped = {str(group).casefold() for group in row["additional_metadata"]["stereotyped_groups"]}
    groups = [str(row["answer_info"][option][1]).casefold() for option in OPTIONS]
    toward = 1 if row["question_polarity"] == "neg" else -1
    return tuple(0 if group == "unknown" else toward if group in stereotyped else -toward for group in groups)


def _item(row: Mapping[str, Any], file: Path, at: int) -> BbqItem:
    where = f"{str(file)!r} line {at}"
    try:
        options, gold = tuple(str(row[option]) for option in OPTIONS), int(row["label"])
        ambiguous = {AMBIGUOUS: True, CLEAR: False}[row["context_condition"]]
        context, question = str(row["context"]), str(row["question"])
        told = codes(row)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FormatError(f"{where} is no BBQ item: {error!s:.60}") from error
    if not question.strip() or not 0 <= gold < len(options):
        raise FormatError(f"{where} is no BBQ item: the answer is number {gold + 1} to {question[:30]!r}")
    return BbqItem(f"{file.stem}/{at:05}", file.stem, where, context, question, options, gold, ambiguous, told)
