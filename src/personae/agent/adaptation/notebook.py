"""What a persona made up about itself, and to which question: kept, so that the second asking gets the first answer.

One JSON line per fact, appended as it is made; a crash costs at most the line it tore.
{"persona": …, "query": …, "id": …, "text": …, "kind": …, "confidence": …}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.metrics.text import unicode_words
from personae.persona.kinds import kind_of
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.persona.statements import person_of, statement_id

MAX_BYTES = 50 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Note:
    """One invented fact: whose, to which question, and the fact itself as a statement of origin "invented"."""

    persona: str
    query: str
    statement: Statement


class Notebook:
    """Invented facts, in the file at `path`, or for as long as the object lives if there is none.

    The file is read anew whenever it has grown, so that two agents may share it. A question keeps its first answer.
    Personas are told apart by their names.

    >>> book = Notebook()
    >>> _ = book.write("Ana", "Do you have a car?", "I drive a green van.")
    >>> book.answer("Ana", "do you have a car").text
    'I drive a green van.'
    >>> len(book.notes("Ana")), len(book.notes("Rui"))
    (1, 0)
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._notes: list[Note] = []
        self._size = 0

    def notes(self, persona: str) -> tuple[Note, ...]:
        """What was noted for a persona, oldest first."""
        self._refresh()
        return tuple(note for note in self._notes if note.persona == persona)

    def answer(self, persona: str, query: str) -> Statement | None:
        """The fact noted for this very question, case and punctuation aside."""
        asked = _plain(query)
        return next((note.statement for note in self.notes(persona) if _plain(note.query) == asked), None)

    def write(self, persona: str, query: str, text: str, confidence: float = 1.0) -> Statement:
        """Note a fact and give it back as a statement; a question that has its note keeps it."""
        noted = self.answer(persona, query)
        if noted is not None:
            return noted
        made = invented(text, confidence)
        self._append(Note(persona, query, made))
        return made

    def into(self, persona: Persona) -> Persona:
        """The persona with what it made up earlier after its own statements."""
        taken = {statement.id for statement in persona.statements}
        new = _unique(note.statement for note in self.notes(persona.name) if note.statement.id not in taken)
        return persona.edited(statements=(*persona.statements, *new)) if new else persona

    def _append(self, note: Note) -> None:
        if self.path is None:
            self._notes.append(note)
            return
        line = (json.dumps(_row(note), ensure_ascii=True) + "\n").encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                if file.tell() and not _ends_with_newline(file):
                    line = b"\n" + line  # a line torn by a crash stays alone
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(f"cannot write the notebook {str(self.path)!r}: {error.strerror}; name another") from error

    def _refresh(self) -> None:
        if self.path is None or not self.path.exists() or self.path.stat().st_size == self._size:
            return
        data = read_limited(self.path, MAX_BYTES)
        self._notes, self._size = _parsed(data, self.path.name), len(data)


def invented(text: str, confidence: float = 1.0) -> Statement:
    """A made-up fact as a statement; equal facts have equal ids. The confidence keeps four decimals, as in the file."""
    kind, person = kind_of(text), person_of(text)
    id = statement_id(text)
    return Statement(id=id, text=text, kind=kind, person=person, origin="invented", confidence=round(confidence, 4))


def _plain(query: str) -> list[str]:
    return unicode_words(query) or [query.strip()]


def _row(note: Note) -> dict[str, Any]:
    made = note.statement
    row = {"persona": note.persona, "query": note.query, "id": made.id, "text": made.text}
    return row | {"kind": made.kind, "confidence": made.confidence}


def _parsed(data: bytes, name: str) -> list[Note]:
    lines = data.decode("utf-8", "replace").split("\n")
    notes = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            persona, query, text, confidence = row["persona"], row["query"], row["text"], float(row["confidence"])
            if not all(isinstance(value, str) for value in (persona, query, text)) or not text.strip():
                raise ValueError(text)
            notes.append(Note(persona, query, invented(text, confidence)))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            if line[:1] == "{" and line[-1:] != "}":
                continue  # torn by a crash
            raise FormatError(f"line {number} of {name!r} is no note: {line[:60]!r}; mend or remove it") from error
    return notes


def _unique(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple({statement.id: statement for statement in statements}.values())


def _ends_with_newline(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
