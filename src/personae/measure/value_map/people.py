"""The people of a population, from a file of descriptions or made by chance."""

from __future__ import annotations

import json
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.persona.persona import Persona

#: A file of people larger than this is not read, and a description is no longer than this.
MAX_BYTES = 64 * MEGABYTE
MAX_CHARS = 10_000

#: Where a record may have its description.
FIELDS = ("input persona", "persona", "description")


def read_people(path: Path | str) -> tuple[Persona, ...]:
    """One persona per description: JSON Lines with a field "input persona", "persona" or "description" (as Persona Hub
    has them), or a text file with one description per line. Equal descriptions are one person.

    Raises `FormatError` for a file that holds none, with the line where it went wrong.
    """
    source = Path(path)
    try:
        lines = read_limited(source, MAX_BYTES).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{str(source)!r} is not UTF-8 text") from error
    told = dict.fromkeys(_described(source, number, line) for number, line in enumerate(lines, 1) if line.strip())
    if not told:
        raise FormatError(f"{str(source)!r} describes nobody; write one description per line")
    return tuple(Persona(name=f"person-{number:05}", summary=text) for number, text in enumerate(told, 1))


def _described(source: Path, number: int, line: str) -> str:
    text: object = line
    if source.suffix == ".jsonl":
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{str(source)!r} line {number} is no JSON object") from error
        fields = record if isinstance(record, dict) else {}
        text = next((fields[name] for name in FIELDS if name in fields), None)
        if not isinstance(text, str) or not text.strip():
            raise FormatError(f"{str(source)!r} line {number} has no text in any of the fields {', '.join(FIELDS)}")
    told = " ".join(str(text).split())
    if len(told) > MAX_CHARS:
        raise FormatError(f"{str(source)!r} line {number} has {len(told)} characters; {MAX_CHARS} is the most")
    return told
