"""How a question about a long history is put to a model, and what of the history it sees: five modes.

As LoCoMo (2024) asks: who talks, sessions under their dates, a short phrase as the answer. The wording is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from personae.errors import UsageError
from personae.files import bundled
from personae.types import Message

#: full: the whole history; retrieved: turns that were found; note, profile: what was written of it; none: nothing.
Mode = Literal["full", "retrieved", "note", "profile", "none"]


@dataclass(frozen=True, slots=True)
class Session:
    """Lines of one meeting, each "Name: words", and when it was, in words or ISO 8601."""

    lines: tuple[str, ...]
    at: str = ""


def qa_messages(
    question: str,
    *,
    mode: Mode,
    sessions: Sequence[Session] = (),
    text: str = "",
    speakers: Sequence[str] = (),
) -> tuple[Message, ...]:
    """The prompt for one question.

    sessions: what the modes "full" and "retrieved" show; text: what "note" and "profile" show.
    speakers: who talks, named first.

    Raises UsageError for an unknown mode, an empty question, and a mode without what it shows.

    >>> print(qa_messages("Where?", mode="none")[-1].content.splitlines()[0])
    Question: Where?
    """
    if mode not in get_args(Mode):
        raise UsageError(f"no mode is called {mode!r}; there are {', '.join(get_args(Mode))}")
    if not question.strip():
        raise UsageError("the question is empty; leave it out")
    wording = bundled(__package__, "texts/qa.en.yaml")
    parts: list[str] = []
    if mode in ("full", "retrieved"):
        if not any(session.lines for session in sessions):
            raise UsageError(f"the mode {mode!r} shows turns and there are none; use 'none' to ask without history")
        parts.append(wording["opening"].strip().format(names=_names(speakers, wording), shown=wording[mode]))
        parts += [_session(session, wording) for session in sessions if session.lines]
    elif mode != "none":
        if not text.strip():
            raise UsageError(f"the mode {mode!r} shows a text and it is empty; use 'none' to ask without history")
        parts.append(f"{wording[mode].strip()}\n{text.strip()}")
    parts.append(wording["ask"].strip().replace("{question}", question.strip()))
    return (Message("system", wording["system"].strip()), Message("user", "\n\n".join(parts)))


def _names(speakers: Sequence[str], wording: dict[str, str]) -> str:
    return " and ".join(filter(None, speakers)) or wording["nobody"]


def _session(session: Session, wording: dict[str, str]) -> str:
    return "\n".join([f"DATE: {session.at or wording['undated']}", "CONVERSATION:", *session.lines])
