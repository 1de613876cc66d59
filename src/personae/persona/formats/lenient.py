"""Typed values out of wild trees: the usual wrong types are understood, and every guess leaves a note."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from personae.persona.formats.json_text import printable

T = TypeVar("T")


@dataclass
class Lenient:
    """Reads one object of a tree. `where` is its path for the notes, which all readers of a file share."""

    tree: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)
    where: str = ""

    def text(self, key: str) -> str:
        """A string; null and absent are "", numbers their digits, a list of strings its lines."""
        value = self.tree.get(key)
        if value is None:
            return ""
        if isinstance(value, str):
            return printable(value)
        if isinstance(value, bool | dict):
            return self._odd(key, value, "")
        if isinstance(value, list):
            return self._odd(key, value, "\n".join(printable(line) for line in value if isinstance(line, str)))
        return self._odd(key, value, str(value))

    def texts(self, key: str, split: bool = False) -> tuple[str, ...]:
        """Strings; null and absent are none, a single string is one (or with `split` its comma-separated parts)."""
        value = self.tree.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            parts = [part.strip() for part in value.split(",")] if split else [value]
            taken = tuple(printable(part) for part in parts if part.strip())
            return self._odd(key, value, taken) if split else taken
        if not isinstance(value, list):
            return self._odd(key, value, (str(value),) if isinstance(value, int | float) else ())
        kept = [str(item) for item in value if isinstance(item, str | int | float) and not isinstance(item, bool)]
        if any(not isinstance(item, str) for item in value):
            self._odd(key, value, None)
        return tuple(printable(item) for item in kept)

    def flag(self, key: str) -> bool | None:
        """true or false; 0, 1, "true" and the like count, null and absent are None."""
        value = self.tree.get(key)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return self._odd(key, value, bool(value))
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
        return self._odd(key, value, known.get(value.strip().lower()) if isinstance(value, str) else None)

    def number(self, key: str) -> float | int | None:
        """A finite number; a string of digits counts, null and absent are None."""
        value = self.tree.get(key)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        if isinstance(value, str):
            return self._odd(key, value, _parsed(value))
        return self._odd(key, value, int(value) if isinstance(value, bool) else None)

    def whole(self, key: str) -> int | None:
        """A whole number ≥ 0; others are None with a note."""
        value = self.number(key)
        if value is None:
            return None
        if value >= 0 and value == int(value):
            return int(value)
        return self._odd(key, value, None)

    def object(self, key: str) -> Mapping[str, Any]:
        """An object; null and absent are the empty one."""
        value = self.tree.get(key)
        if isinstance(value, dict):
            return value
        empty: Mapping[str, Any] = {}
        return empty if value is None or value == [] else self._odd(key, value, empty)

    def objects(self, key: str) -> list[Mapping[str, Any]]:
        """The objects in a list; whatever else it holds is left out with a note."""
        value = self.tree.get(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [None]
        found: list[Mapping[str, Any]] = [item for item in items if isinstance(item, dict)]
        return found if len(found) == len(items) else self._odd(key, value, found)

    def _odd(self, key: str, value: Any, taken: T) -> T:
        shown = printable(repr(value))
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        self.notes.append(f"{self.where}{printable(key)}: unexpected {_kind(value)} {shown}")
        return taken


def cleaned(tree: Any) -> Any:
    """A copy of a JSON tree whose strings can be shown and hashed everywhere (see `printable`)."""
    if isinstance(tree, str):
        return printable(tree)
    if isinstance(tree, dict):
        return {printable(key): cleaned(value) for key, value in tree.items()}
    return [cleaned(value) for value in tree] if isinstance(tree, list) else tree


def without(tree: Mapping[str, Any], drop: Callable[[str], bool]) -> dict[str, Any]:
    """A shallow copy without the keys `drop` answers true for."""
    return {key: value for key, value in tree.items() if not drop(key)}


def _parsed(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _kind(value: Any) -> str:
    names = {dict: "object", list: "list", str: "text", bool: "flag", int: "number", float: "number"}
    return names.get(type(value), "value")
