"""A scene on disk while it is played: one JSON line per step, so that a killed play goes on where it stopped.

    {"event": "start", "personae_scene": 1, "facts": {…}}
    {"event": "next", "speaker": …, "why": …, "answer": …, "calls": [ledger entries]}
    {"event": "turn", "speaker": …, "text": …, …, "calls": [ledger entries]}

A step is in the file before the next begins. A last line that a crash tore is taken off and its step done again.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, RunError
from personae.files import MEGABYTE, read_limited
from personae.models.ledger import Entry
from personae.simulate.scenes.played import FORMAT, Turn, difference
from personae.simulate.scenes.speakers import Choice
from personae.types import Usage

MAX_BYTES = 100 * MEGABYTE


@dataclass(frozen=True)
class Kept:
    """What a journal holds."""

    choices: tuple[Choice, ...] = ()
    turns: tuple[Turn, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Journal:
    """The journal of one play. `path` None keeps nothing."""

    path: Path | None = None

    def begin(self, facts: Mapping[str, Any]) -> Kept:
        """Start the journal, or read one that was started with the same facts.

        Raises RunError naming the fact that differs, FormatError for a file that is no journal.
        """
        if self.path is None:
            return Kept()
        lines = _whole_lines(self.path) if self.path.exists() else []
        if not lines:
            self._append({"event": "start", "personae_scene": FORMAT, "facts": facts})
            return Kept()
        try:
            return _kept(lines, facts, self.path)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise FormatError(
                f"{str(self.path)!r} is no journal of a scene ({error!s:.60}); move it away or name another file"
            ) from error

    def keep(self, step: Choice | Turn, entries: Iterable[Entry]) -> None:
        """Add a step and the calls it took."""
        if self.path is not None:
            event = "turn" if isinstance(step, Turn) else "next"
            calls = [dataclasses.asdict(entry) for entry in entries]
            self._append({"event": event, **dataclasses.asdict(step), "calls": calls})

    def remove(self) -> None:
        """Take the file away once the scene is written elsewhere."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _append(self, event: Mapping[str, Any]) -> None:
        assert self.path is not None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write((json.dumps(event, ensure_ascii=True) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())


def _kept(lines: list[str], facts: Mapping[str, Any], path: Path) -> Kept:
    start = json.loads(lines[0])
    if start["event"] != "start" or start["personae_scene"] != FORMAT:
        raise ValueError("its first line is no start")
    if differs := difference(start["facts"], facts):
        raise RunError(
            f"{str(path)!r} was begun otherwise ({differs}); repeat the old command, or remove the file to begin anew"
        )
    choices, turns, entries = list[Choice](), list[Turn](), list[Entry]()
    for line in lines[1:]:
        fields = json.loads(line)
        event, calls = fields.pop("event"), fields.pop("calls")
        if event == "next":
            choices.append(Choice(**fields))
        elif event == "turn":
            turns.append(Turn(**fields))
        else:
            raise ValueError(f"unknown event {event!r}")
        entries += [Entry(**{**call, "usage": Usage(**call["usage"])}) for call in calls]
        if not 0 <= len(choices) - len(turns) <= 1 or (turns and turns[-1].speaker != choices[len(turns) - 1].speaker):
            raise ValueError("its steps are out of order")
    return Kept(tuple(choices), tuple(turns), tuple(entries))


def _whole_lines(path: Path) -> list[str]:
    """The finished lines of the file; what stands behind the last of them is cut off."""
    data = read_limited(path, MAX_BYTES)
    whole = data.rfind(b"\n") + 1
    if whole < len(data) and not data[whole:].startswith(b'{"event"'[: len(data) - whole]):
        raise FormatError(f"{str(path)!r} is no journal of a scene; move it away or name another file")
    if whole < len(data):
        os.truncate(path, whole)
    return data[:whole].decode("utf-8", "replace").split("\n")[:-1]
