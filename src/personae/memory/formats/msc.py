"""Multi-session chats in the form of MSC (2021): one object a line, earlier sessions under `previous_dialogs`.

A record holds `dialog` and `previous_dialogs[].dialog` (lists of {text} and, in the newest session, {id}), `personas`
(two lists of sentences) and `metadata.initial_data_id`. Sessions lie "14 days" apart (`time_back`), on no date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import model_validator

from personae.errors import FormatError
from personae.memory.formats.histories import Histories, joined
from personae.memory.formats.reading import Loose, Name, Shape, Text, read_records, shaped
from personae.memory.turns import Scope, Turn, turn_id

SPEAKERS = ("Speaker 1", "Speaker 2")


class _Line(Shape):
    text: Loose
    id: Loose = ""


class _Session(Shape):
    dialog: tuple[_Line, ...]


class _Meta(Shape):
    initial_data_id: Loose = ""
    session_id: Loose = ""


class _Record(Shape):
    dialog: tuple[_Line, ...]
    previous_dialogs: tuple[_Session, ...] = ()
    personas: tuple[tuple[Text, ...], ...] = ()
    metadata: _Meta = _Meta()

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_no_meta(cls, tree: Any) -> Any:
        return {key: value for key, value in tree.items() if value is not None} if isinstance(tree, dict) else tree


def load(path: Path | str) -> Histories:
    """The turns of every record, a history each, named by its id, or by its place where it has none.

    Speakers are those of the lines, else "Speaker 1" and "Speaker 2" in turn; the second is the agent of the scope.
    Sentences about both are the facts. MSC asks nothing, so there are no probes. Lines without a word are counted.

    Raises FormatError naming file, line and key; UnsafeFile beyond 512 MB.
    """
    seen: dict[str, int] = {}
    parts = []
    for place, (name, tree) in enumerate(read_records(path), 1):
        record = shaped(_Record, tree, name)
        id = record.metadata.initial_data_id or str(place)
        seen[id] = seen.get(id, 0) + 1
        parts.append(_history(record, id if seen[id] == 1 else f"{id}#{seen[id]}"))
    if not parts:
        raise FormatError(f"{str(path)!r} holds no record; a chat is an object a line with 'dialog'")
    return joined(parts)


def _history(record: _Record, id: str) -> Histories:
    scope = Scope(SPEAKERS[1], SPEAKERS[0], id)
    turns: list[Turn] = []
    empty = 0
    sessions = [*(session.dialog for session in record.previous_dialogs), record.dialog]
    for number, lines in enumerate(sessions, 1):
        for place, line in enumerate(lines, 1):
            if not line.text:
                empty += 1
                continue
            speaker: Name = line.id or SPEAKERS[(place - 1) % 2]
            turns.append(Turn(turn_id(number, place), scope, str(number), speaker, line.text))
    facts = tuple(f"{SPEAKERS[side]}: {told}" for side, about in enumerate(record.personas[:2]) for told in about)
    missing = {"turn without words": empty} if empty else {}
    return Histories(tuple(turns), (), missing, {id: facts} if facts else {})
