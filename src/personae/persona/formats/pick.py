"""Files that hold many profiles: which one a name such as `file.jsonl#3` means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from personae.errors import FormatError

T = TypeVar("T")


def split_name(name: str) -> tuple[str, str | None]:
    """A reader's `name` as the file and what is picked from it.

    >>> split_name("people.jsonl#3"), split_name("ana.json")
    (('people.jsonl', '3'), ('ana.json', None))
    """
    file, mark, picked = name.rpartition("#")
    return (file, picked) if mark and picked else (name, None)


def pick(profiles: Sequence[T] | Mapping[str, T], name: str) -> tuple[T, str | None]:
    """The profile meant by `name`, and its key if the profiles have keys. Raises FormatError telling how to pick."""
    file, wanted = split_name(name)
    keys = list(profiles) if isinstance(profiles, Mapping) else None
    values = list(profiles.values()) if isinstance(profiles, Mapping) else list(profiles)
    if not values:
        raise FormatError(f"{file!r} holds no profile")
    if wanted is None and len(values) > 1:
        example = f"{file}#{keys[0] if keys else 1}"
        raise FormatError(f"{file!r} holds {len(values)} profiles; name one, counting from 1, as in {example!r}")
    if wanted is None:
        return values[0], keys[0] if keys else None
    if keys and wanted in keys:
        return values[keys.index(wanted)], wanted
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= len(values):
        index = int(wanted) - 1
        return values[index], keys[index] if keys else None
    raise FormatError(f"{file!r} has no profile {wanted!r}; it holds {len(values)}, counted from 1")
