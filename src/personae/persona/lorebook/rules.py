"""One entry with everything that decides about it in one place: fields, decorators, and SillyTavern's extensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from personae.persona.lorebook.book import Entry
from personae.persona.lorebook.decorators import Decorated, read
from personae.persona.lorebook.matching import Key, PatternKey, PlainKey, compile_pattern, is_slashed
from personae.persona.lorebook.trace import Where
from personae.persona.macros import Macros
from personae.types import Role

Profile = Literal["spec", "sillytavern"]
Logic = Literal["any", "not_all", "not_any", "all"]

_LOGIC: tuple[Logic, ...] = ("any", "not_all", "not_any", "all")  # selectiveLogic 0 … 3
_ROLES: tuple[Role, ...] = ("system", "user", "assistant")  # role 0 … 2
_AT_DEPTH = (2, 3, 4)  # position: author's note top and bottom (a depth of its own), at depth
_ST_DEPTH = 4  # SillyTavern's default depth of entries and of the author's note


@dataclass(frozen=True)
class Rules:
    """What decides whether, where and for how long an entry enters the prompt."""

    index: int
    entry: Entry
    decorated: Decorated
    keys: tuple[Key, ...]
    secondary: tuple[Key, ...]
    logic: Logic
    additional: tuple[tuple[Key, ...], ...]
    excluded: tuple[Key, ...]
    constant: bool
    scan_depth: int | None
    where: Where
    depth: int
    role: Role
    reverse_depth: int | None = None
    probability: float = 100.0
    groups: tuple[str, ...] = ()
    group_weight: float = 100.0
    group_override: bool = False
    group_scoring: bool = False
    sticky: int = 0
    cooldown: int = 0
    delay: int = 0
    exclude_recursion: bool = False
    prevent_recursion: bool = False
    recursion_level: int = 0

    @property
    def label(self) -> str:
        """What people call the entry: its name, comment, id or place in the book."""
        named = self.entry.name or self.entry.comment
        if named:
            return named
        return f"entry {self.index if self.entry.id is None else self.entry.id}"

    @property
    def faults(self) -> tuple[str, ...]:
        """Why keys of this entry cannot match."""
        keys = (*self.keys, *self.secondary, *(key for group in self.additional for key in group))
        return tuple(f"{key.fault}: {key.key!r}" for key in keys if isinstance(key, PatternKey) and key.fault)

    @property
    def remembers(self) -> bool:
        """Whether earlier turns matter to this entry."""
        kept = ("keep_activate_after_match", "dont_activate_after_match")
        return bool(self.sticky or self.cooldown) or any(name in self.decorated.values for name in kept)


def rules_of(index: int, entry: Entry, macros: Macros, profile: Profile) -> Rules:
    """Read an entry for a profile. Values that make no sense count as absent."""
    practice: Mapping[str, Any] = entry.extensions if profile == "sillytavern" else {}
    decorated = read(entry.content)
    said = decorated.values
    regex = entry.use_regex
    case_sensitive = _flag(practice.get("case_sensitive"), bool(entry.case_sensitive))
    whole_word = _flag(practice.get("match_whole_words"), False)

    def compiled(keys: tuple[str, ...]) -> tuple[Key, ...]:
        found: list[Key] = []
        for key in keys:
            if regex or (profile == "sillytavern" and is_slashed(key)):
                found.append(compile_pattern(key, case_sensitive=entry.case_sensitive is not False))
            elif key.strip():
                found.append(PlainKey(macros(key).strip(), case_sensitive, whole_word))
        return tuple(found)

    where, depth, role = _place(entry, said, practice)
    selective = bool(entry.selective) and not regex
    return Rules(
        index=index,
        entry=entry,
        decorated=decorated,
        keys=compiled(entry.keys),
        secondary=compiled(entry.secondary_keys) if selective else (),
        logic=_LOGIC[_whole(practice.get("selectiveLogic"), 0, len(_LOGIC) - 1)],
        additional=tuple(compiled(keys) for keys in said.get("additional_keys", ())),
        excluded=() if regex else compiled(tuple(key for keys in said.get("exclude_keys", ()) for key in keys)),
        constant=bool(entry.constant) and not regex,
        scan_depth=said.get("scan_depth", _whole_or_none(practice.get("scan_depth"))),
        where=where,
        depth=depth,
        role=role,
        reverse_depth=said.get("reverse_depth") if where == "depth" and "depth" not in said else None,
        **_practice(practice),
    )


def _practice(practice: Mapping[str, Any]) -> dict[str, Any]:
    """What only SillyTavern knows: chance, groups, timing, recursion flags."""
    group = practice.get("group")
    level = practice.get("delay_until_recursion")
    return {
        "probability": _number(practice.get("probability"), 100.0)
        if _flag(practice.get("useProbability"), True)
        else 100.0,
        "groups": tuple(name.strip() for name in group.split(",") if name.strip()) if isinstance(group, str) else (),
        "group_weight": max(0.0, _number(practice.get("group_weight"), 100.0)),
        "group_override": _flag(practice.get("group_override"), False),
        "group_scoring": _flag(practice.get("use_group_scoring"), False),
        "sticky": _whole(practice.get("sticky")),
        "cooldown": _whole(practice.get("cooldown")),
        "delay": _whole(practice.get("delay")),
        "exclude_recursion": _flag(practice.get("exclude_recursion"), False),
        "prevent_recursion": _flag(practice.get("prevent_recursion"), False),
        "recursion_level": int(level) if isinstance(level, bool) else _whole(level),
    }


def _place(entry: Entry, said: Mapping[str, Any], practice: Mapping[str, Any]) -> tuple[Where, int, Role]:
    """Where the text goes. `personality` and `scenario` are parts of the character's text: after it."""
    role: Role = said.get("role", _ROLES[_whole(practice.get("role"), 0, len(_ROLES) - 1)])
    if "position" in said:
        return ("before_char" if said["position"] == "before_desc" else "after_char"), 0, role
    if "depth" in said or "reverse_depth" in said:
        return "depth", said.get("depth", 0), role
    position = practice.get("position")
    if position in _AT_DEPTH:
        return "depth", _whole(practice.get("depth"), _ST_DEPTH), role
    if position is not None and not isinstance(position, str):
        return ("before_char" if position == 0 else "after_char"), 0, role
    if "role" in said and entry.position is None:
        return "after_char", 0, role
    return entry.position or "after_char", 0, role


def _flag(value: Any, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _number(value: Any, default: float) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return min(1e6, max(-1e6, float(value))) if plain and value == value else default


def _whole(value: Any, default: int = 0, most: int = 1_000_000) -> int:
    number = int(_number(value, default))
    return number if 0 <= number <= most else default


def _whole_or_none(value: Any) -> int | None:
    return None if value is None else _whole(value)
