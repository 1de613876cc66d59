"""A journal: dated entries of one author, read from a file.

.jsonl, .json, .csv   a record per entry: `text`, and where known `date` (ISO 8601), `id`, `author`
.md, .txt             entries under lines that hold a date alone, as `2026-03-01` or `## 2026-03-01`
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited

#: A journal larger than this is not read.
MAX_BYTES = 32 * MEGABYTE

_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*)?(\d{4}-\d{2}-\d{2})(?:[T ][\d:.+Z-]{2,30})?[ \t]*:?[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written at one time. `date` is an ISO 8601 date, None where it is not known."""

    id: str
    text: str
    date: str | None = None
    author: str = ""


def read_journal(path: Path | str, *, author: str | None = None) -> tuple[Entry, ...]:
    """The entries of a file, by date and then in its order; only those of `author` where one is named.

    Raises `FormatError` for a file that is no journal, an entry without text or with a broken date, an id used twice,
    and for a file of several authors where none is named.
    """
    source = Path(path)
    try:
        text = read_limited(source, MAX_BYTES).decode("utf-8-sig")
        plain = source.suffix.lower() in (".md", ".txt")
        entries = _under_dates(text) if plain else [_entry(r, n, path) for n, r in enumerate(_records(text), 1)]
    except (ValueError, RecursionError, csv.Error) as error:
        raise FormatError(f"{str(path)!r} is no journal: {error!s:.120}") from error
    authors = sorted({entry.author for entry in entries})
    if author is not None:
        entries = [entry for entry in entries if entry.author == author]
    elif len(authors) > 1:
        raise FormatError(f"{str(path)!r} has entries of {len(authors)} authors; name one: {', '.join(authors[:8])}")
    if not entries:
        raise FormatError(f"{str(path)!r} has no entries" + (f" of {author!r}; it has {authors[:8]}" if author else ""))
    ids = [entry.id for entry in entries]
    if len(set(ids)) < len(ids):
        raise FormatError(f"{str(path)!r} has the id {next(i for i in ids if ids.count(i) > 1)!r} more than once")
    return tuple(sorted(entries, key=lambda entry: entry.date or ""))


def _records(text: str) -> Sequence[Mapping[str, Any]]:
    head = text.lstrip()[:1]
    if head == "[":
        records = json.loads(text)
    elif head == "{":
        records = [json.loads(line) for line in text.split("\n") if line.strip()]
    else:
        records = list(csv.DictReader(io.StringIO(text, newline="")))
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError("one record an entry is wanted")
    return records


def _entry(record: Mapping[str, Any], number: int, path: Path | str) -> Entry:
    text, at = record.get("text"), record.get("date")
    if not isinstance(text, str) or not text.strip():
        raise FormatError(f"entry {number} of {str(path)!r} has no 'text'")
    id, author = record.get("id"), record.get("author")
    return Entry(
        f"e{number}" if id in (None, "") else str(id),
        text,
        _day(at, number, path),
        "" if author is None else str(author),
    )


def _day(at: Any, number: int, path: Path | str) -> str | None:
    if at in (None, ""):
        return None
    try:
        return date.fromisoformat(str(at)[:10]).isoformat()
    except ValueError as error:
        raise FormatError(f"entry {number} of {str(path)!r} has the date {at!r:.40}; write 2026-03-01") from error


def _under_dates(text: str) -> list[Entry]:
    """Entries between lines that hold a date; two of one day are told apart by a number."""
    marks = list(_HEADING.finditer(text))
    if not marks:
        raise ValueError("no line holds a date alone; put one, such as 2026-03-01, above every entry")
    found: list[Entry] = []
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        body = text[mark.end() : after.start() if after else len(text)].strip()
        day = date.fromisoformat(mark[1]).isoformat()
        same = sum(entry.date == day for entry in found)
        if body:
            found.append(Entry(day if not same else f"{day}-{same + 1}", body, day))
    return found
