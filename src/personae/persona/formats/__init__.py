"""Every file a persona can come from or go to: one `load` that recognises the format, one `dump` that writes it.

A format is a module with two functions, loaded when first needed:

    read(data: bytes, name: str) -> Persona     `name` is the file's name, for messages; raises FormatError
    write(persona: Persona) -> bytes            patches `persona.original` where it came from the same format

`read` leaves an `Original` on the persona (`persona.read_from(Original(format, tree, …))`), `write` starts from
it, so that nothing the typed view does not know is lost. A file that holds many profiles is picked from by
`file.jsonl#3` (counting from 1) or `file.json#key`; the reader gets the whole as `name`.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.persona.formats.detect import detect

if TYPE_CHECKING:
    from personae.persona.lorebook.book import Lorebook
    from personae.persona.persona import Persona

#: Largest file that is read.
MAX_BYTES = 10 * MEGABYTE

#: Format name → the module that reads and writes it.
FORMATS: dict[str, str] = {
    "yaml": "personae.persona.formats.native_yaml",
    "card_v1": "personae.persona.formats.card_v1",
    "card_v2": "personae.persona.formats.card_v2",
    "card_v3": "personae.persona.formats.card_v3",
    "card_png": "personae.persona.formats.card_png",
    "charx": "personae.persona.formats.charx",
    "lorebook": "personae.persona.formats.lorebook_file",
    "personachat": "personae.persona.formats.personachat",
    "dulemon": "personae.persona.formats.dulemon",
    "prodigy": "personae.persona.formats.prodigy",
    "profile_text": "personae.persona.formats.profile_text",
    "profile_json": "personae.persona.formats.profile_json",
}

#: File ending → format it is written in when none is named.
ENDINGS: dict[str, str] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "card_v3",
    ".png": "card_png",
    ".apng": "card_png",
    ".charx": "charx",
    ".txt": "profile_text",
    ".md": "profile_text",
}


class Format(Protocol):
    """What a format module offers."""

    def read(self, data: bytes, name: str) -> Persona:
        """The persona in the bytes, knowing its `Original`."""
        ...

    def write(self, persona: Persona) -> bytes:
        """The bytes of a file."""
        ...


def load(path: Path | str) -> Persona:
    """The persona in a file of any known format, recognised by content first, then by ending.

    Raises FormatError if the file cannot be read or is none of the known formats, UnsafeFile above 10 MB.
    """
    source, picked = _split_pick(path)
    data = read_limited(source, MAX_BYTES)
    return loads(data, name=str(source) + picked)


def loads(data: bytes, format: str | None = None, name: str = "<memory>") -> Persona:
    """The persona in the bytes of a file; `format` is a key of `FORMATS`, recognised when not given."""
    chosen = format or detect(data, name)
    if chosen == "lorebook":
        raise FormatError(
            f"{name!r} is a lorebook without a character; use it with `load_lorebook` or `personae card show`"
        )
    return _module(chosen).read(data, name)


def load_lorebook(path: Path | str) -> Lorebook:
    """The lorebook in a standalone lorebook file, or the one a persona file carries."""
    source, picked = _split_pick(path)
    data = read_limited(source, MAX_BYTES)
    if detect(data, str(source)) == "lorebook":
        module = importlib.import_module(FORMATS["lorebook"])
        return cast("Lorebook", module.read_lorebook(data, str(source)))
    book = loads(data, name=str(source) + picked).lorebook
    if book is None:
        raise FormatError(f"{str(source)!r} holds a persona without a lorebook")
    return book


def dump(persona: Persona, path: Path | str, format: str | None = None) -> None:
    """Write a persona to a file in one step; the format is chosen by the ending unless named.

    `.json` and `.png` become character cards V3. An older file is replaced only when the new one is complete.
    """
    write_atomic(path, dumps(persona, format or format_for(path)))


def dumps(persona: Persona, format: str) -> bytes:
    """The bytes of a persona file in the named format (a key of `FORMATS`)."""
    return _module(format).write(persona)


def format_for(path: Path | str) -> str:
    """The format a file with this ending is written in. Raises UsageError for an ending that names none."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise UsageError(f"{str(path)!r}: no format is written to files ending in {ending!r}; use one of {known}")
    return ENDINGS[ending]


def _module(format: str) -> Format:
    if format not in FORMATS:
        raise UsageError(f"no format is called {format!r}; the formats are {', '.join(FORMATS)}")
    return cast(Format, importlib.import_module(FORMATS[format]))


def _split_pick(path: Path | str) -> tuple[Path, str]:
    """`profiles.jsonl#3` → the file and "#3"; a file that really has a # in its name stays whole."""
    text = str(path)
    whole = Path(text)
    if "#" not in text or whole.exists():
        return whole, ""
    before, _, after = text.rpartition("#")
    return Path(before), f"#{after}"
