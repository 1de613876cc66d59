"""Export and import: turns as JSON Lines, one a line, vectors as base64 of little-endian 32-bit floats.

The first line names the format. A line holds agent, user, conversation, id, session, speaker, text, at,
caption, origin, sources and, where the turn has one, vector.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.memory.store.roles import Kept, Store
from personae.memory.turns import Scope, Turn, TurnOrigin

HEADER = {"format": "personae turns", "version": 1}
#: Longest line that is read, in bytes: a longest text in which every character is escaped, and a vector.
MAX_LINE = 16 * 1024 * 1024


def export_lines(store: Store, path: Path | str, scope: Scope | None = None) -> int:
    """Write a scope, or everything, to a file, in one step; how many turns. Memory stays bounded."""
    target, number = Path(path), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_line(HEADER))
            for record in store.records(scope):
                file.write(_line(_written(record)))
                number += 1
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return number


def import_lines(store: Store, path: Path | str) -> int:
    """Keep all turns of an exported file, or none; how many. What the store holds already stays.

    Raises FormatError, naming the line, for a file that was not exported, and what `Store.keep` raises.
    """
    try:
        with Path(path).open("rb") as file:
            return store.keep_records(_records(file, str(path)))
    except OSError as error:
        raise FormatError(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def _records(file: BinaryIO, name: str) -> Iterator[Kept]:
    read, number = _reader(), 0
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), start=1):
        if len(line) > MAX_LINE:
            raise UnsafeFile(f"{name!r}, line {number} is longer than {MAX_LINE} bytes; such lines are not read")
        try:
            if number > 1:
                yield read(line)
            elif json.loads(line) != HEADER:
                raise FormatError("it is no export of turns, or of another version")
        except (ValueError, UsageError, FormatError, RecursionError) as error:
            said = str(error).splitlines()
            raise FormatError(f"{name!r}, line {number}: {' '.join(said[:3])}; nothing was kept") from error
    if not number:
        raise FormatError(f"{name!r} is empty; it is no export of turns")


def _reader() -> Any:
    from pydantic import BaseModel, ConfigDict

    class Record(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)

        agent: str
        user: str
        conversation: str
        id: str
        session: str
        speaker: str
        text: str
        at: str | None = None
        caption: str | None = None
        origin: TurnOrigin = "said"
        sources: list[str] = []
        vector: str | None = None

    def read(line: bytes) -> Kept:
        found = Record.model_validate_json(line)
        named = found.model_dump(exclude={"agent", "user", "conversation", "vector", "sources"})
        scope = Scope(found.agent, found.user, found.conversation)
        vector = None if found.vector is None else _vector(found.vector)
        return Kept(Turn(scope=scope, sources=tuple(found.sources), **named), vector)

    return read


def _written(record: Kept) -> dict[str, Any]:
    turn = record.turn
    line: dict[str, Any] = {
        "agent": turn.scope.agent,
        "user": turn.scope.user,
        "conversation": turn.scope.conversation,
        "id": turn.id,
        "session": turn.session,
        "speaker": turn.speaker,
        "text": turn.text,
        "at": turn.at,
        "caption": turn.caption,
        "origin": turn.origin,
        "sources": list(turn.sources),
    }
    if record.vector is not None:
        line["vector"] = base64.b64encode(record.vector.astype("<f4").tobytes()).decode("ascii")
    return line


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n"


def _vector(text: str) -> Any:
    import numpy as np

    from personae.memory.store.vectors import one_vector

    try:
        raw = base64.b64decode(text, validate=True)
        return one_vector(np.frombuffer(raw, "<f4"))
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"the vector is broken: {error}") from error
