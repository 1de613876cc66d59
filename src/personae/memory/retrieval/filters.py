"""Which turns a search may answer with: by speaker, session and time. A filter is honoured or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from personae.errors import UsageError
from personae.memory.turns import Turn, moment


@dataclass(frozen=True, slots=True)
class Filters:
    """What a turn must be to be found; None asks for nothing.

    speaker: who said it, in any case.   session: the sitting.
    since, until: ISO 8601, both included; a date without a time means its whole day. A turn without a time fits
             neither.

    >>> Filters(since="2026-03-02", until="2026-03-01")
    Traceback (most recent call last):
    personae.errors.UsageError: since '2026-03-02' is after until '2026-03-01'; no turn can fit both
    """

    speaker: str | None = None
    session: str | None = None
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and not _not_after(moment(self.since), _last_moment(self.until)):
            raise UsageError(f"since {self.since!r} is after until {self.until!r}; no turn can fit both")

    def allow(self, turns: Sequence[Turn]) -> list[bool]:
        """For each turn, may it be found? Raises UsageError for a speaker or session that none of them has."""
        speaker = None if self.speaker is None else self.speaker.casefold()
        _known("speaker", self.speaker, {turn.speaker for turn in turns}, speaker)
        _known("session", self.session, {turn.session for turn in turns}, self.session and self.session.casefold())
        since = moment(self.since) if self.since else None
        until = _last_moment(self.until) if self.until else None
        return [
            (speaker is None or turn.speaker.casefold() == speaker)
            and (self.session is None or turn.session == self.session)
            and _within(turn.at, since, until)
            for turn in turns
        ]


def _known(what: str, asked: str | None, there: set[str], folded: str | None) -> None:
    if asked is not None and folded not in {name.casefold() for name in there}:
        some = ", ".join(sorted(there)[:8])
        raise UsageError(f"no turn has the {what} {asked!r}; there are {some}")


def _within(at: str | None, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    if at is None:
        return False
    when = moment(at)
    return (since is None or _not_after(since, when)) and (until is None or _not_after(when, until))


def _last_moment(text: str) -> datetime:
    day = moment(text)
    return day.replace(hour=23, minute=59, second=59, microsecond=999_999) if len(text) <= len("2026-03-01") else day


def _not_after(one: datetime, other: datetime) -> bool:
    if (one.tzinfo is None) != (other.tzinfo is None):
        raise UsageError(
            f"{one.isoformat()!r} and {other.isoformat()!r}: one has a time zone and one has none; give both or neither"
        )
    return one <= other
