"""What was derived from a user's turns as one text, and the few facts that a store notes of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from personae.errors import UsageError
from personae.memory.store.database import Session
from personae.memory.store.roles import Document
from personae.memory.turns import MAX_NAME, Scope

#: Notes a store makes of itself: whose vectors it holds, and how often something was forgotten.
EMBEDDER, FORGETTINGS = "embedder", "forgettings"
NOTE = "INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
WRITE = """INSERT INTO documents VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (agent, owner, name) DO UPDATE SET text = excluded.text"""


def read(session: Session, scope: Scope, name: str) -> str | None:
    """The text of a document, or None where there is none of this name."""
    asked = Document(scope, name, "")
    rows = session.run(
        "SELECT text FROM documents WHERE agent = ? AND owner = ? AND name = ?", [scope.agent, scope.user, asked.name]
    )
    return str(rows[0][0]) if rows else None


def write(session: Session, document: Document) -> None:
    """Write a document, in the place of one of its name."""
    key = session.run("SELECT coalesce(max(key), 0) + 1 FROM documents")[0][0]
    session.run(WRITE, [key, document.scope.agent, document.scope.user, document.name, document.text])


def write_new(session: Session, documents: Iterable[Document]) -> None:
    """Write documents that are not there yet. Raises UsageError for one that is."""
    for document in documents:
        if read(session, document.scope, document.name) is not None:
            raise UsageError(f"{document.scope} already holds a document {document.name!r}; nothing was kept")
        write(session, document)


def remove(session: Session, condition: str, values: Sequence[str]) -> tuple[str, ...]:
    """Remove the documents of an agent and user, or of a user; their names. And note that something was forgotten."""
    names = session.run(f"SELECT name FROM documents WHERE {condition} ORDER BY key", values)
    session.run(f"DELETE FROM documents WHERE {condition}", values)
    session.run(NOTE, [FORGETTINGS, str(forgettings(session) + 1)])
    return tuple(name for (name,) in names)


def forgettings(session: Session) -> int:
    """How often something was forgotten."""
    return int(noted(session, FORGETTINGS) or 0)


def noted(session: Session, name: str) -> str | None:
    """A note, or None where it was not made."""
    rows = session.run("SELECT value FROM notes WHERE name = ?", [name])
    return str(rows[0][0]) if rows else None


def note_embedder(session: Session, name: str) -> None:
    """Note whose vectors these are. Raises UsageError where they are another's."""
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
        raise UsageError(f"the embedder's name is {name!r}; give a name of 1 to {MAX_NAME} characters")
    held = noted(session, EMBEDDER)
    if held not in (None, name):
        raise UsageError(
            f"this store holds vectors of {held!r}, not of {name!r}, and the two cannot be compared; "
            f"use {held!r}, or a new store for {name!r}"
        )
    if held is None:
        session.run(NOTE, [EMBEDDER, name])
