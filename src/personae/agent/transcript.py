"""A talk on disk: one JSON line per event, appended as it happens, so that a crash costs at most one line.

{"event": "start", "personae": 1, "persona": …, "hash": …, "model": …, "user": …, "seed": …}
{"event": "message", "role": "user", "content": …, "name": …, "at": …}
{"event": "undo", "messages": 2}
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import read_limited, write_atomic
from personae.types import Conversation, Message

#: A transcript larger than this is not read back.
MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Transcript:
    """The file of a talk. Writing creates it and its folder."""

    path: Path

    def start(self, **facts: Any) -> None:
        """Say what is being talked to; a resumed talk has several starts."""
        self._append({"event": "start", "personae": 1, **facts})

    def add(self, message: Message) -> None:
        """Add a turn."""
        self._append(_event(message))

    def undo(self, messages: int) -> None:
        """Take the last messages back; they stay in the file."""
        self._append({"event": "undo", "messages": messages})

    def _append(self, event: Mapping[str, Any]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                if file.tell() and not _ends_with_newline(file):
                    file.write(b"\n")  # a line torn by a crash stays alone
                file.write((json.dumps(event, ensure_ascii=True) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(
                f"cannot write the transcript {str(self.path)!r}: {error.strerror}; name another with --transcript"
            ) from error


def read(path: Path | str) -> Conversation:
    """The talk in a transcript, with undone turns gone. A torn last line is passed over.

    Raises FormatError for any other line that is not an event.
    """
    messages: list[Message] = []
    lines = read_limited(path, MAX_BYTES).decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            _apply(json.loads(line), messages)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            if line[:1] == "{" and line[-1:] != "}":
                continue  # torn by a crash
            raise FormatError(f"line {number} of {str(path)!r} is no event of a transcript: {line[:60]!r}") from error
    return Conversation(tuple(messages))


def save(conversation: Conversation, path: Path | str, **facts: Any) -> None:
    """Write a whole talk in one step, without what was undone."""
    events = [{"event": "start", "personae": 1, **facts}, *(_event(message) for message in conversation)]
    write_atomic(path, "".join(json.dumps(event, ensure_ascii=True) + "\n" for event in events))


def _event(message: Message) -> dict[str, Any]:
    event = {"event": "message", "role": message.role, "content": message.content, "name": message.name}
    return event | ({"at": message.at} if message.at else {})


def _apply(event: Any, messages: list[Message]) -> None:
    match event["event"]:
        case "message":
            role, content, name, at = event["role"], event["content"], event.get("name"), event.get("at")
            if role not in ("system", "user", "assistant") or not isinstance(content, str):
                raise ValueError(role)
            messages.append(Message(role, content, name, at))
        case "undo":
            del messages[max(0, len(messages) - int(event["messages"])) :]
        case "start":
            pass
        case other:
            raise ValueError(other)


def _ends_with_newline(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
