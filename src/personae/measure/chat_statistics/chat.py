"""A chat of two or more: who said what, and when. Read from JSON lines, our own talks, or kept turns.

{"speaker": "Ana", "text": "Good morning!", "at": "2024-05-03T08:15:00+00:00"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.memory.turns import Turn
from personae.persona.formats.decode import decode_text
from personae.types import Conversation

MAX_BYTES = 256 * MEGABYTE
#: Seconds since 1970 of the years 1 and 9999: what lies outside is no time (milliseconds, mostly).
FIRST, LAST = -62_135_596_800, 253_402_300_799


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; `at` in seconds since 1970, None where it is not known."""

    speaker: str
    text: str
    at: float | None = None


Chat = tuple[ChatMessage, ...]


def speakers(chat: Sequence[ChatMessage]) -> tuple[str, ...]:
    """Who speaks, in order of appearance.

    >>> speakers((ChatMessage("Rui", "Hi"), ChatMessage("Ana", "Hello"), ChatMessage("Rui", "Well?")))
    ('Rui', 'Ana')
    """
    return tuple(dict.fromkeys(message.speaker for message in chat))


def read_chat(path: Path | str) -> Chat:
    """The messages of a JSON lines file with the texts `speaker` and `text`, and `at` where it was recorded.

    `at` is an ISO 8601 time (without an offset: UTC) or a number of seconds. Raises FormatError with the line.
    """
    lines = decode_text(read_limited(path, MAX_BYTES), str(path)).split("\n")
    found = tuple(_message(line, f"{str(path)!r}, line {at}") for at, line in enumerate(lines, 1) if line.strip())
    if not found:
        raise FormatError(f"{str(path)!r} holds no message")
    return found


def of_conversation(conversation: Conversation) -> Chat:
    """One of our talks as a chat: names where messages have them, else "user" and "assistant"."""
    kept = (message for message in conversation if message.role != "system" and message.content.strip())
    return tuple(
        ChatMessage(one.name or one.role, one.content, _seconds(one.at, "a message") if one.at else None)
        for one in kept
    )


def of_turns(turns: Iterable[Turn]) -> Chat:
    """Turns of a memory as a chat, in their order: what was said, not what was derived or recalled."""
    return tuple(
        ChatMessage(turn.speaker, turn.text, _seconds_or_none(turn.at))
        for turn in turns
        if turn.origin == "said" and turn.text.strip()
    )


def _message(line: str, where: str) -> ChatMessage:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: no JSON: {error}") from error
    speaker, text = (row.get("speaker"), row.get("text")) if isinstance(row, dict) else (None, None)
    if not (isinstance(speaker, str) and speaker.strip() and isinstance(text, str) and text.strip()):
        raise FormatError(f"{where}: needs the texts 'speaker' and 'text'")
    at = row.get("at")
    return ChatMessage(speaker.strip(), text, None if at is None else _seconds(at, where))


def _seconds(at: Any, where: str) -> float:
    found = _seconds_or_none(at)
    if found is None:
        raise FormatError(f"{where}: the time is {at!r}; give ISO 8601, or seconds since 1970")
    return found


def _seconds_or_none(at: Any) -> float | None:
    if isinstance(at, bool) or at is None:
        return None
    if isinstance(at, int | float):
        return float(at) if FIRST <= at <= LAST else None
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
