"""A turn as it is remembered: word for word, with who said it, to whom, when, and what it was made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from personae.errors import UsageError

#: "said": somebody's own words. "derived": made from turns (a summary, a fact). "recalled": read back from memory.
TurnOrigin = Literal["said", "derived", "recalled"]

#: Longest id or name, and longest text, in characters.
MAX_NAME = 200
MAX_TEXT = 1_000_000

_NUMBERED = re.compile(r"D(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose memory: an agent's, of one user, in one conversation or (`conversation` None) in all of theirs.

    Nothing kept in one scope is ever seen from another. Raises UsageError for an empty name.

    >>> Scope("keeper", "ines", "harbour").holds(Scope("keeper", "ines")), Scope("keeper", "ines").holds(
    ...     Scope("keeper", "ines", "harbour")
    ... )
    (False, True)
    """

    agent: str
    user: str
    conversation: str | None = None

    def __post_init__(self) -> None:
        _named(agent=self.agent, user=self.user)
        if self.conversation is not None:
            _named(conversation=self.conversation)

    def __str__(self) -> str:
        within = "" if self.conversation is None else f" in {self.conversation!r}"
        return f"the memory that {self.agent!r} has of {self.user!r}{within}"

    def holds(self, other: Scope) -> bool:
        """Is the other one this scope, or a conversation within it?"""
        same = (self.agent, self.user) == (other.agent, other.user)
        return same and self.conversation in (None, other.conversation)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation; `keep` it once, it is never changed.

    id:      stable and unique within the conversation, "D12:5" for turn 5 of session 12 (`turn_id`)
    scope:   with a conversation
    session: its name: "12"
    at:      ISO 8601 time, or None where it is not known
    caption: what a shared picture shows
    sources: ids of the turns of the same conversation that a derived turn was made of; it goes when one of them goes

    Raises UsageError when a name is empty, the time cannot be read, or something derived names no source.

    >>> turn = Turn("D1:3", Scope("keeper", "ines", "harbour"), "1", "Ines", "I sold the boat.", "2026-03-01T09:30:00")
    >>> turn.document()
    'Ines said, "I sold the boat."'
    """

    id: str
    scope: Scope
    session: str
    speaker: str
    text: str
    at: str | None = None
    caption: str | None = None
    origin: TurnOrigin = "said"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _named(id=self.id, session=self.session, speaker=self.speaker)
        if self.scope.conversation is None:
            raise UsageError(f"turn {self.id!r} belongs to no conversation; give Scope(agent, user, conversation)")
        _text(self.id, text=self.text, caption=self.caption or "")
        if self.at is not None:
            moment(self.at)
        if self.origin not in get_args(TurnOrigin):
            raise UsageError(f"turn {self.id!r}: unknown origin {self.origin!r}; one of {get_args(TurnOrigin)}")
        if isinstance(self.sources, str) or self.id in self.sources:
            raise UsageError(f"turn {self.id!r}: sources is {self.sources!r}; give a tuple of ids of other turns")
        if self.origin == "derived" and not self.sources:
            raise UsageError(f"turn {self.id!r} is derived, but names no source; give the ids it was made of")

    def document(self, *, captions: bool = False) -> str:
        """The turn as it is searched: `{speaker} said, "{text}"`, with `captions` also ` and shared {caption}`."""
        shared = f" and shared {self.caption}" if captions and self.caption else ""
        return f'{self.speaker} said, "{self.text}"{shared}'


def turn_id(session: int, turn: int) -> str:
    """The id of a numbered turn, both from 1.

    >>> turn_id(12, 5)
    'D12:5'
    """
    if session < 1 or turn < 1:
        raise UsageError(f"session {session!r}, turn {turn!r}: both are counted from 1")
    return f"D{session}:{turn}"


def numbers_of(identifier: str) -> tuple[int, int] | None:
    """Session and turn of an id made by `turn_id`; None for any other id.

    >>> numbers_of("D12:5"), numbers_of("msg_9")
    ((12, 5), None)
    """
    found = _NUMBERED.fullmatch(identifier)
    return (int(found[1]), int(found[2])) if found else None


def moment(at: str) -> datetime:
    """An ISO 8601 time, as written. Raises UsageError for anything else.

    >>> moment("2026-03-01T09:30:00").hour
    9
    """
    try:
        return datetime.fromisoformat(at)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{at!r} is no ISO 8601 time; write it like '2026-03-01T09:30:00'") from error


def mended(text: str) -> str:
    r"""The text without half characters (lone surrogates), which a model may emit and no database takes.

    >>> mended("half \ud83d")
    'half ?'
    """
    return text.encode("utf-8", "replace").decode()


def _named(**names: str) -> None:
    for what, name in names.items():
        if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
            shown = repr(name) if not isinstance(name, str) or len(name) <= MAX_NAME else f"{len(name)} characters long"
            raise UsageError(f"{what} is {shown}; give a name of 1 to {MAX_NAME} characters")
        _text(name, **{what: name})


def _text(owner: str, **texts: str) -> None:
    for what, text in texts.items():
        if not isinstance(text, str):
            raise UsageError(f"{what} of {owner!r} is {text!r}; give a text")
        if len(text) > MAX_TEXT:
            raise UsageError(f"{what} of {owner!r} has {len(text)} characters; cut it into turns of up to {MAX_TEXT}")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            place = error.start
            raise UsageError(f"{what} of {owner!r} holds half a character (a lone surrogate) at {place}") from error
