"""Export and import: turns as JSON Lines, one a line, vectors as base64 of little-endian 32-bit floats.

The first line names the format and, where it is known, the embedder whose vectors follow. A turn's line holds agent,
user, conversation, id, session, speaker, text, at, caption, origin, sources and, where the turn has one, vector; then
come the documents, with agent, user, document (its name) and text. Version 1 had neither embedder nor documents.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.memory.store.roles import Document, Kept, Store
from personae.memory.turns import Scope, Turn, TurnOrigin

FORMAT, VERSION = "personae turns", 2
#: Longest line that is read, in bytes: a longest document in which every character is escaped.
MAX_LINE = 128 * 1024 * 1024


def export_lines(store: Store, path: Path | str, scope: Scope | None = None) -> int:
    """Write a scope, or everything, to a file, in one step; how many turns. Memory stays bounded.

    Documents go along, but not with a single conversation, for they were made of all.
    """
    target, number = Path(path), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_line({"format": FORMAT, "version": VERSION, "embedder": store.embedder()}))
            for record in store.records(scope):
                file.write(_line(_written(record)))
                number += 1
            for document in store.documents(scope):
                file.write(_line(_written_document(document)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return number


def import_lines(store: Store, path: Path | str, *, embedder: str | None = None) -> int:
    """Keep all turns and documents of an exported file, or none; how many turns. What the store holds already stays.

    embedder: whose vectors they are, for a file that does not say

    Raises FormatError, naming the line, for a file that was not exported, or whose vectors are of another embedder than
    the store's, and what `Store.keep_records` raises.
    """
    try:
        with Path(path).open("rb") as file:
            return store.keep_records(_records(store, file, str(path), embedder))
    except OSError as error:
        raise FormatError(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def _records(store: Store, file: BinaryIO, name: str, embedder: str | None) -> Iterator[Kept | Document]:
    header, record = _readers()
    number, held = 0, store.embedder()
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), start=1):
        if len(line) > MAX_LINE:
            raise UnsafeFile(f"{name!r}, line {number} is longer than {MAX_LINE} bytes; such lines are not read")
        try:
            if number == 1:
                embedder = header(line) or embedder
                if embedder is not None:
                    store.embedded_by(embedder)
                continue
            read = record(line)
            if embedder is None and held is not None and isinstance(read, Kept) and read.vector is not None:
                raise FormatError(f"the file does not say whose vectors it holds; give embedder={held!r} if they are")
            yield read
        except (ValueError, UsageError, FormatError, RecursionError) as error:
            said = str(error).splitlines()
            raise FormatError(f"{name!r}, line {number}: {' '.join(said[:3])}; nothing was kept") from error
    if not number:
        raise FormatError(f"{name!r} is empty; it is no export of turns")


def _readers() -> tuple[Callable[[bytes], str | None], Callable[[bytes], Kept | Document]]:
    """What reads the first line, giving the embedder's name, and what reads the others."""
    from pydantic import BaseModel, ConfigDict

    class TurnLine(BaseModel):
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

    class DocumentLine(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)

        agent: str
        user: str
        document: str
        text: str

    def header(line: bytes) -> str | None:
        found = json.loads(line)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise FormatError("it is no export of turns")
        if found.get("version") not in range(1, VERSION + 1) or not set(found) <= {"format", "version", "embedder"}:
            raise FormatError(f"it is an export of version {found.get('version')!r}; this reads up to {VERSION}")
        return cast("str | None", found.get("embedder"))

    def record(line: bytes) -> Kept | Document:
        fields = json.loads(line)
        if isinstance(fields, dict) and "document" in fields:
            made = DocumentLine.model_validate(fields)
            return Document(Scope(made.agent, made.user), made.document, made.text)
        found = TurnLine.model_validate(fields)
        named = found.model_dump(exclude={"agent", "user", "conversation", "vector", "sources"})
        scope = Scope(found.agent, found.user, found.conversation)
        vector = None if found.vector is None else _vector(found.vector)
        return Kept(Turn(scope=scope, sources=tuple(found.sources), **named), vector)

    return header, record


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


def _written_document(document: Document) -> dict[str, Any]:
    whose = document.scope
    return {"agent": whose.agent, "user": whose.user, "document": document.name, "text": document.text}


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
