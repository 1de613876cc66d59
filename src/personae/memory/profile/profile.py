"""The profile: what is believed, what was believed, and every change in between. It is the replay of its log."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from personae.errors import FormatError, UsageError
from personae.memory.profile.schema import Entry, LogRow, Owner, Past, fields

#: Longest profile that is read, in characters.
MAX_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Why:
    """Why a field holds what it holds: what is believed, what was, and the rows of the log that led there."""

    current: tuple[Entry, ...]
    history: tuple[Past, ...]
    rows: tuple[LogRow, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is believed of the user and of the persona.

    It never changes: `merge` gives a new one. `entries` are current, `history` is what they replaced, `log` has every
    change. `profile == replay(profile.log)` always.

    >>> Profile().show()
    'Nothing is known.'
    """

    entries: tuple[Entry, ...] = ()
    history: tuple[Past, ...] = ()
    log: tuple[LogRow, ...] = ()

    def of(self, owner: Owner) -> tuple[Entry, ...]:
        """What is believed of the user, or of the persona."""
        return tuple(entry for entry in self.entries if entry.owner == owner)

    def show(self) -> str:
        """One line for each belief and each past one: what, since when, and from which turns."""
        lines = [
            f"{entry.owner}  {entry.key}  {_said(entry)}  (since {entry.first_seen}, from {', '.join(entry.sources)})"
            for entry in self.entries
        ]
        lines += [
            f"{past.entry.owner}  {past.entry.key}  {_said(past.entry)}  "
            f"(until {past.until}, ended by {', '.join(past.ended_by)})"
            for past in self.history
        ]
        return "\n".join(lines) or "Nothing is known."

    def diff(self, start: str, end: str) -> tuple[LogRow, ...]:
        """The changes after `start` up to and with `end`, ISO 8601 times."""
        return tuple(row for row in self.log if start < row.time <= end)

    def why(self, field: str) -> Why:
        """Why a field holds what it holds. Raises UsageError for a field that the schema does not have."""
        if field not in fields():
            raise UsageError(f"unknown field {field!r}; a profile has {', '.join(fields())}")
        return Why(
            tuple(entry for entry in self.entries if entry.key == field),
            tuple(past for past in self.history if past.entry.key == field),
            tuple(row for row in self.log if (row.new or row.old or _NO_ENTRY).key == field),
        )

    def after(self, *rows: LogRow) -> Profile:
        """The profile after more rows. Raises UsageError if what a row replaces is not there."""
        if all(row.old is None for row in rows):  # what is only added needs no place looked up
            added = tuple(row.new for row in rows if row.new is not None)
            return Profile((*self.entries, *added), self.history, (*self.log, *rows))
        entries: list[Entry | None] = list(self.entries)
        place = {entry: at for at, entry in enumerate(self.entries)}
        ended: list[Past] = []
        for row in rows:
            if row.old is not None and row.old not in place:
                raise UsageError(
                    f"the log cannot be replayed: {row.op} of {row.old.value!r}, which is not believed then"
                )
            at = len(entries) if row.old is None else place.pop(row.old)
            entries[at : at + 1] = [row.new]
            if row.new is not None:
                place[row.new] = at
            if row.old is not None and row.op in ("update", "retract"):
                ended.append(Past(row.old, row.time, row.sources))
        left = tuple(entry for entry in entries if entry is not None)
        return Profile(left, (*self.history, *ended), (*self.log, *rows))

    def dumps(self) -> str:
        """The log as JSON; `loads` reads it back to an equal profile."""
        return json.dumps([dataclasses.asdict(row) for row in self.log], ensure_ascii=False, separators=(",", ":"))


_NO_ENTRY = Entry("user", "", "", None, "", "", ())


def replay(log: Iterable[LogRow]) -> Profile:
    """The profile that a log leads to."""
    return Profile().after(*log)


def loads(text: str) -> Profile:
    """A profile from what `dumps` wrote. Raises FormatError if it is not that."""
    from pydantic import ValidationError

    if len(text) > MAX_CHARACTERS:
        raise FormatError(f"a profile of {len(text)} characters is not read; the limit is {MAX_CHARACTERS}")
    try:
        log = _rows().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormatError(f"this is no profile: {first['msg']} at {where!r}; give what dumps() wrote") from error
    try:
        return replay(log)
    except UsageError as error:
        raise FormatError(str(error)) from error


@lru_cache(maxsize=1)
def _rows() -> Any:
    """Made once: to make it takes longer than to read a profile."""
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[LogRow, ...])


def _said(entry: Entry) -> str:
    return f"{entry.polarity}: {entry.value}" if entry.polarity else entry.value
