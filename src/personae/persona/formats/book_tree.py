"""Lorebook trees and the typed `Lorebook`: lenient reading, and edits written back into the tree they came from.

Knows both key sets in use: the character card's (`keys`, `insertion_order`, …) and the SillyTavern world info's
(`key`, `order`, `disable`, …, entries in an object). What it does not know stays in the tree.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from personae.persona.formats.lenient import Lenient, cleaned
from personae.persona.lorebook.book import Entry, Lorebook

BOOK_FIELDS = ("name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions")
#: Entry keys every card reader expects to find.
ENTRY_DEFAULTS: dict[str, Any] = {"keys": [], "content": "", "extensions": {}, "enabled": True, "insertion_order": 100}

#: World-info key → key of the card format. `disable` is the opposite of `enabled`.
WORLD_KEYS: dict[str, str] = {
    "key": "keys",
    "keysecondary": "secondary_keys",
    "order": "insertion_order",
    "uid": "id",
}
#: World-info key → key in an entry's `extensions`, where cards keep the same switch.
WORLD_SWITCHES: dict[str, str] = {
    "position": "position",
    "depth": "depth",
    "role": "role",
    "selectiveLogic": "selectiveLogic",
    "probability": "probability",
    "useProbability": "useProbability",
    "group": "group",
    "groupOverride": "group_override",
    "groupWeight": "group_weight",
    "excludeRecursion": "exclude_recursion",
    "preventRecursion": "prevent_recursion",
    "delayUntilRecursion": "delay_until_recursion",
    "scanDepth": "scan_depth",
    "matchWholeWords": "match_whole_words",
    "caseSensitive": "case_sensitive",
    "useGroupScoring": "use_group_scoring",
    "automationId": "automation_id",
    "vectorized": "vectorized",
    "sticky": "sticky",
    "cooldown": "cooldown",
    "delay": "delay",
    "displayIndex": "display_index",
}
_POSITIONS = {"before_char": "before_char", "after_char": "after_char", 0: "before_char", 1: "after_char"}
_POSITIONS |= {"0": "before_char", "1": "after_char"}


def read_book(tree: Mapping[str, Any], notes: list[str], where: str = "") -> Lorebook:
    """The typed view of a book. Entries that are no objects are left out with a note."""
    book = Lenient(tree, notes, where)
    entries = []
    for key, entry in _entries(tree):
        if isinstance(entry, dict):
            entries.append(read_entry(entry, notes, f"{where}entries.{key}."))
        else:
            notes.append(f"{where}entries.{key}: no object, left out")
    return Lorebook(
        name=book.text("name") or None,
        description=book.text("description") or None,
        scan_depth=book.whole("scan_depth"),
        token_budget=book.whole("token_budget"),
        recursive_scanning=book.flag("recursive_scanning"),
        extensions=cleaned(book.object("extensions")),
        entries=tuple(entries),
    )


def read_entry(tree: Mapping[str, Any], notes: list[str], where: str = "") -> Entry:
    """The typed view of one entry in either key set."""
    known = _as_card(tree) if is_world(tree) else tree
    entry = Lenient(known, notes, where)
    order, enabled = entry.number("insertion_order"), entry.flag("enabled")
    id = known.get("id")
    return Entry(
        keys=entry.texts("keys", split=True),
        content=entry.text("content"),
        extensions=cleaned(entry.object("extensions")),
        enabled=True if enabled is None else enabled,
        insertion_order=100 if order is None else order,
        case_sensitive=entry.flag("case_sensitive"),
        use_regex=bool(entry.flag("use_regex")),
        constant=entry.flag("constant"),
        name=entry.text("name") or None,
        priority=entry.number("priority"),
        id=cleaned(id) if isinstance(id, str | int | float) and not isinstance(id, bool) else None,
        comment=entry.text("comment") or None,
        selective=entry.flag("selective"),
        secondary_keys=entry.texts("secondary_keys", split=True),
        position=_position(known.get("position")),
    )


def is_world(tree: Mapping[str, Any]) -> bool:
    """Is this entry written with the keys of a SillyTavern world-info file?"""
    return "keys" not in tree and any(key in tree for key in ("key", "keysecondary", "disable", "uid"))


def patch_book(tree: Mapping[str, Any] | None, book: Lorebook) -> dict[str, Any]:
    """The tree with those values rewritten in which `book` differs from what the tree reads as."""
    old = read_book(tree or {}, [])
    new: dict[str, Any] = dict(tree) if tree is not None else {"extensions": {}, "entries": []}
    for field in BOOK_FIELDS:
        _patch(new, field, getattr(old, field), getattr(book, field))
    if tree is not None and old.entries == book.entries:
        return new
    as_object = isinstance(new.get("entries"), dict)
    known = [(key, entry) for key, entry in _entries(new) if isinstance(entry, dict)]
    patched = _patched_entries(known, old.entries, book.entries, world=as_object)
    if as_object:
        used = {key for key, _ in patched if key is not None}
        free = (str(n) for n in range(len(patched) + len(used) + 1) if str(n) not in used)
        new["entries"] = {key if key is not None else next(free): entry for key, entry in patched}
    else:
        new["entries"] = [entry for _, entry in patched]
    return new


def _patched_entries(
    known: list[tuple[str, dict[str, Any]]], old: tuple[Entry, ...], new: tuple[Entry, ...], world: bool
) -> list[tuple[str | None, dict[str, Any]]]:
    """Each entry with the tree it came from: the equal one, else the one of the same id, else the same place."""
    source = _sources(old, new)
    return [
        (known[source[i]][0], _patched_entry(known[source[i]][1], old[source[i]], entry))
        if i in source
        else (None, _patched_entry({} if world else copy.deepcopy(ENTRY_DEFAULTS), Entry(), entry, world))
        for i, entry in enumerate(new)
    ]


def _sources(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> dict[int, int]:
    """New entry → old entry it is a version of, each old one used once."""
    tests: tuple[Callable[[int, Entry], Any], ...] = (
        lambda place, entry: entry.model_dump_json(),
        lambda place, entry: None if entry.id is None else str(entry.id),
        lambda place, entry: (place, entry.keys),
        lambda place, entry: (place, entry.content),
    )
    source: dict[int, int] = {}
    for test in tests:
        used = set(source.values())
        waiting: dict[Any, list[int]] = {}
        for place in reversed(range(len(old))):
            if place not in used:
                waiting.setdefault(test(place, old[place]), []).append(place)
        for place, entry in enumerate(new):
            mark = test(place, entry)
            if place not in source and mark is not None and waiting.get(mark):
                source[place] = waiting[mark].pop()
    return source


def _patched_entry(tree: dict[str, Any], old: Entry, new: Entry, world: bool = False) -> dict[str, Any]:
    patched = dict(tree)
    if not (world or is_world(tree)):
        for field in Entry.model_fields:
            _patch(patched, field, getattr(old, field), getattr(new, field))
        return patched
    names = {card: name for name, card in WORLD_KEYS.items()}
    for field in Entry.model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field == "extensions":
            switches = {card: name for name, card in WORLD_SWITCHES.items()}
            for key in {*before, *after}:
                _patch(patched, switches.get(key, key), before.get(key), after.get(key))
        elif field == "enabled":
            _patch(patched, "disable", not before, not after)
        elif field == "position":
            _patch(patched, "position", before, {"before_char": 0, "after_char": 1}.get(after, after))
        else:
            _patch(patched, names.get(field, field), before, after)
    if world and "key" not in patched:
        patched = {"key": [], **patched}
    return patched


def _patch(tree: dict[str, Any], key: str, before: Any, after: Any) -> None:
    if before == after and type(before) is type(after):
        return
    if after is None:
        tree.pop(key, None)
    else:
        tree[key] = list(after) if isinstance(after, tuple) else copy.deepcopy(_whole(after))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value == int(value) else value


def _entries(tree: Mapping[str, Any]) -> list[tuple[str, Any]]:
    entries = tree.get("entries")
    if isinstance(entries, dict):
        return list(entries.items())
    return [(str(n), entry) for n, entry in enumerate(entries)] if isinstance(entries, list) else []


def _as_card(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A world-info entry under the keys of the card format."""
    card: dict[str, Any] = {}
    switches: dict[str, Any] = {}
    for key, value in tree.items():
        if key in WORLD_SWITCHES:
            switches[WORLD_SWITCHES[key]] = value
        elif key == "disable":
            card["enabled"] = not value if isinstance(value, bool | int) else value not in ("true", "1")
        else:
            card[WORLD_KEYS.get(key, key)] = value
    own = card.get("extensions")
    card["extensions"] = {**switches, **(own if isinstance(own, dict) else {})}
    card["position"] = switches.get("position")
    card["selective"] = bool(card.get("selective")) and bool(card.get("secondary_keys"))
    return card


def _position(value: Any) -> Any:
    return _POSITIONS.get(value) if isinstance(value, str | int) else None
