"""From what a user typed to a persona: a file, or the id of one of the starters that come with the toolkit."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.persona.persona import Persona

_ENDINGS = (".yaml", ".png")


@dataclass(frozen=True)
class Starter:
    """A persona that comes with the toolkit: `find(id)` gives it."""

    id: str
    name: str
    summary: str
    language: str
    tags: tuple[str, ...]
    path: Path


def find(name_or_path: str | Path) -> Persona:
    """The persona in a file, or the starter with this id. Raises UsageError with the closest ids for anything else.

    >>> find("tavern-keeper").name != ""
    True
    """
    from personae.persona.formats import load

    text = str(name_or_path)
    before_pick = Path(text.rpartition("#")[0]) if "#" in text else Path(text)
    if Path(text).exists() or before_pick.is_file():
        return load(name_or_path)
    paths = starter_paths()
    if text in paths:
        return load(paths[text])
    close = difflib.get_close_matches(text, paths, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else "`personae persona list` shows the starters"
    raise UsageError(f"{text!r} is neither a file nor a starter persona; {hint}")


def starter_paths() -> dict[str, Path]:
    """Id → file of each starter, in the order of ids."""
    folder = Path(str(resources.files("personae.persona") / "starters"))
    found = [path for path in folder.iterdir() if path.suffix in _ENDINGS] if folder.is_dir() else []
    return {path.stem: path for path in sorted(found)}


def starters() -> tuple[Starter, ...]:
    """All starters with the facts a list shows, read from the heads of the files without parsing them whole."""
    return tuple(outline(path) for path in starter_paths().values())


def outline(path: Path) -> Starter:
    """What a list shows of a persona file. Raises FormatError if it is none."""
    if path.suffix in (".yaml", ".yml"):
        head = _head(path.read_text(encoding="utf-8", errors="replace"))
        if "name" in head and "personae" in head:
            tags = tuple(tag.strip(" '\"") for tag in head.get("tags", "").strip("[]").split(",") if tag.strip())
            summary, language = head.get("summary", ""), head.get("language", "en")
            return Starter(path.stem, head["name"], summary, language, tags, path)
    from personae.persona.formats import load

    persona = load(path)
    summary = persona.summary or persona.description.split("\n")[0][:120]
    return Starter(path.stem, persona.name, summary, persona.language, persona.tags, path)


def _head(text: str) -> dict[str, str]:
    """The one-line values of top-level keys; values that go on in the next line are joined."""
    found: dict[str, str] = {}
    key = ""
    for line in text[:4000].splitlines():
        if line[:1].isalpha() and ":" in line:
            key, _, value = line.partition(":")
            found[key] = value.strip().removeprefix(">-").removeprefix(">").removeprefix("|").strip()
        elif line.startswith(" ") and key in ("summary", "tags"):
            found[key] = f"{found[key]} {line.strip()}".strip()
    return {key: value.strip("'\"") for key, value in found.items()}
