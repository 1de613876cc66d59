"""Multiple-choice questions from the user's folder, a file a subject, and how one is put.

CSV without a header as MMLU publishes it (question, options, letter of the right one), or JSON (Lines) with question,
choices and answer. Unlike `persona_tax.items`, rows whose options read alike are kept, as the published runs kept them:
they are asked by letter.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_limited
from personae.judges.asking import filled
from personae.measure.persona_tax.items import read as read_items
from personae.measure.sweep import Item

#: Of one subject at most so many questions (Bias Runs Deep, 2024).
CAP = 250
MAX_BYTES = 64 * MEGABYTE


def read_questions(path: Path | str, *, cap: int | None = CAP, n: int | None = None, seed: int = 0) -> tuple[Item, ...]:
    """The questions of a file or of every CSV, JSON and JSON Lines file of a folder.

    cap: the most of each file, n: the most of all, both a seeded part in the order of the files; None for all.
    Raises `FormatError` that names the line whose answer is not among its options, and where nothing can be asked.
    """
    place = Path(path)
    files = [place] if place.is_file() else sorted(each for each in place.glob("*") if each.suffix.lower() in _READ)
    found = [item for file in files for item in _part(_read(file), cap, f"{seed}/{file.stem}")]
    if not found:
        raise FormatError(f"{str(path)!r} holds no questions; name a folder of MMLU-type CSV files")
    return tuple(_part(found, n, str(seed)))


def question(id: str, dataset: str, asked: str, options: Sequence[str], gold: int) -> Item:
    """A question as an item of a sweep. Raises `FormatError` for a gold index that is no option.

    >>> question("q", "maths", "2 + 2?", ["3", "4"], 1).text.splitlines()[-2:]
    ['(A) 3', '(B) 4']
    """
    if not asked.strip() or not 2 <= len(options) <= len(ascii_uppercase) or not 0 <= gold < len(options):
        raise FormatError(f"{id!r} is no question: {len(options)} options, and the answer is number {gold + 1}")
    letters = ascii_uppercase[: len(options)]
    shown = "\n".join(f"({letter}) {option}" for letter, option in zip(letters, options, strict=True))
    fields = {"count": str(len(options)), "last": "X", "question": asked.strip(), "options": shown}
    text = filled(bundled(__package__, "texts/asking.en.yaml")["ask"], fields)
    return Item(id, text, {"dataset": dataset, "gold": letters[gold], "letters": letters})


def _read(file: Path) -> list[Item]:
    name = file.stem.removesuffix("_test")
    if file.suffix.lower() != ".csv":
        return [question(q.id, name, q.question, q.options, q.gold if q.gold is not None else -1)
                for q in read_items(file).questions]  # fmt: skip
    try:
        text = read_limited(file, MAX_BYTES).decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text), strict=False) if row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(file)!r} cannot be read as CSV: {error}") from error
    if rows and rows[0][0].strip().lower() == "question":
        rows = rows[1:]
    found = []
    for at, row in enumerate(rows):
        letter, options = row[-1].strip().upper(), row[1:-1]
        if len(letter) != 1 or not 0 <= ascii_uppercase.find(letter) < len(options):
            raise FormatError(f"{str(file)!r} row {at + 1} has {len(options)} options; {letter[:20]!r} is none of them")
        found.append(question(f"{name}/{at:04}", name, row[0], options, ascii_uppercase.find(letter)))
    return found


def _part(items: list[Item], most: int | None, seed: str) -> list[Item]:
    if most is None or len(items) <= most:
        return items
    kept = sorted(random.Random(seed).sample(range(len(items)), most))
    return [items[at] for at in kept]


_READ = (".csv", ".json", ".jsonl")
