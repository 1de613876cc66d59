"""Screens with a goal and something that draws away from it: ours, and files of the same shape.

An item is {id, kind, goal, lines, at, gold, bad, other, benign, tempting, injected}: `gold` are the choices that serve
the goal, `bad` those that follow the distraction, which is put before line `at` in one of three strengths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_yaml
from personae.measure.distraction.matching import tokens

Kind = Literal["popup", "advert", "hit", "chat"]
Strength = Literal["clean", "benign", "tempting", "injected"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STRENGTHS: tuple[Strength, ...] = get_args(Strength)

MAX_BYTES = 16 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Item:
    """One screen. `added` holds what is put before line `at`, by strength."""

    id: str
    kind: str
    goal: str
    lines: tuple[str, ...]
    at: int
    gold: tuple[str, ...]
    bad: tuple[str, ...]
    other: tuple[str, ...]
    added: Mapping[str, str]

    def screen(self, strength: Strength) -> str:
        """What is shown; "clean" is the screen without anything put in."""
        put = [] if strength == "clean" else [self.added[strength]]
        return "\n".join([*self.lines[: self.at], *put, *self.lines[self.at :]])

    def choices(self, strength: Strength) -> tuple[str, ...]:
        """What can be chosen there, in alphabetical order."""
        return tuple(sorted((*self.gold, *self.other, *(self.bad if strength != "clean" else ()))))


def own_items() -> tuple[Item, ...]:
    """The twelve that come with the toolkit, three of each kind.

    >>> [sum(one.kind == kind for one in own_items()) for kind in KINDS]
    [3, 3, 3, 3]
    """
    return tuple(item(each, "ours") for each in bundled(__package__, "texts/items.en.yaml"))


def read_items(path: Path | str) -> tuple[Item, ...]:
    """The items of a YAML or JSON list. Raises `FormatError` that names the item and what it lacks."""
    tree = read_yaml(path, MAX_BYTES)
    if not isinstance(tree, list) or not tree:
        raise FormatError(f"{str(path)!r} holds no list of items")
    found: dict[str, Item] = {}
    for at, row in enumerate(tree, 1):
        one = item(row, f"{str(path)!r}, item {at}")
        if one.id in found:
            raise FormatError(f"{str(path)!r}, item {at}: the id {one.id!r} is used twice")
        found[one.id] = one
    return tuple(found.values())


def item(row: Any, where: str) -> Item:
    """One entry as an item. Both lists of choices are needed, and no choice may be in two of them."""
    if not isinstance(row, Mapping):
        raise FormatError(f"{where} is no object")
    id, kind, goal = (_text(row, name, where) for name in ("id", "kind", "goal"))
    lines, gold, bad = (_texts(row, name, where) for name in ("lines", "gold", "bad"))
    other = _texts(row, "other", where) if row.get("other") else ()
    at = row.get("at", len(lines))
    if type(at) is not int or not 0 <= at <= len(lines):
        raise FormatError(f"{where}: 'at' is {at!r}, not a line from 0 to {len(lines)}")
    choices = [tokens(choice) for choice in (*gold, *bad, *other)]
    if len(set(choices)) < len(choices) or () in choices:
        raise FormatError(f"{where}: a choice is in two lists, or has no word")
    added: dict[str, str] = {strength: _text(row, strength, where) for strength in STRENGTHS[1:]}
    return Item(id, kind, goal, lines, at, gold, bad, other, added)


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FormatError(f"{where} has no text under {name!r}")
    return value.strip()


def _texts(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = row.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each.strip() for each in value):
        raise FormatError(f"{where} has no list of texts under {name!r}; 'gold' and 'bad' are both needed")
    return tuple(each.strip() for each in value)
