"""The outer shape of a card tree: its version, where its data stand, and how data move between V1, V2 and V3.

What an older version has no place for is kept under `extensions.personae.kept`, and comes back from there.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from personae.errors import FormatError
from personae.persona.lorebook.decorators import strip

V1_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
#: The keys a strict reader of each version expects in `data`, in the order they are written.
REQUIRED: dict[int, dict[str, Any]] = {1: dict.fromkeys(V1_FIELDS, "")}
REQUIRED[2] = REQUIRED[1] | {
    "creator_notes": "",
    "system_prompt": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "tags": [],
    "creator": "",
    "character_version": "",
    "extensions": {},
}
REQUIRED[3] = REQUIRED[2] | {"group_only_greetings": []}
V3_ONLY = (
    "nickname",
    "creator_notes_multilingual",
    "source",
    "group_only_greetings",
    "creation_date",
    "modification_date",
    "assets",
)
V2_ONLY = (*(key for key in REQUIRED[2] if key not in V1_FIELDS and key != "extensions"), "character_book")
#: Keys SillyTavern repeats beside `data`, and the data key they repeat.
MIRRORED: dict[str, str] = {key: key for key in REQUIRED[2]} | {"creatorcomment": "creator_notes"}
OURS = "personae"
WRAPPER = ("spec", "spec_version", "data")


def version_of(tree: Any, name: str, notes: list[str]) -> int:
    """1, 2 or 3. Raises FormatError when the tree is no character card."""
    if isinstance(tree, list):
        raise FormatError(f"{name!r} holds a list of {len(tree)} values; one file holds one card, so save each apart")
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r} holds a JSON {type(tree).__name__}, not a character card object")
    spec = tree.get("spec")
    if spec == "lorebook_v3":
        raise FormatError(f"{name!r} is a lorebook without a character")
    data = data_of(tree)
    if not any(key in data or key in tree for key in V1_FIELDS):
        keys = ", ".join(repr(key)[:30] for key in list(tree)[:4]) or "none"
        raise FormatError(f"{name!r} is JSON but no character card: it has no name and no text (its keys: {keys})")
    if isinstance(spec, str) and spec.startswith("chara_card_v"):
        _note_version(spec, tree, notes)
        return 2 if spec == "chara_card_v2" else 1 if spec == "chara_card_v1" else 3
    if spec is not None:
        notes.append(f"unknown spec {str(spec)[:40]!r}; read as a character card")
    return 2 if data is not tree else 1


def tree_version(tree: Mapping[str, Any]) -> int:
    """The version of a tree known to be a card."""
    return version_of(tree, "", [])


def _note_version(spec: str, tree: Mapping[str, Any], notes: list[str]) -> None:
    try:
        version = float(tree.get("spec_version", ""))
    except (TypeError, ValueError):
        version = 0.0
    expected = {"chara_card_v1": 1.0, "chara_card_v2": 2.0}.get(spec, 3.0)
    if spec not in ("chara_card_v1", "chara_card_v2", "chara_card_v3") or version > expected:
        shown = f"{spec[:40]} {str(tree.get('spec_version'))[:20]}"
        notes.append(f"made for a newer version of the format ({shown}); fields not known here are kept untouched")
    elif version != expected and spec != "chara_card_v1":
        notes.append(f"spec_version is {str(tree.get('spec_version'))[:20]!r}, expected '{expected:.1f}'")
    if not isinstance(tree.get("data"), dict):
        notes.append("the fields stand at the top level instead of under `data`")


def data_of(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object holding the card's fields: `data`, or the tree itself where a card has them at the top."""
    data = tree.get("data")
    return data if isinstance(data, dict) else tree


def full_data(tree: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a card of any version: missing ones from the mirrored top level, kept ones restored."""
    data = data_of(tree)
    if data is tree:
        own = {key: value for key, value in tree.items() if key not in ("spec", "spec_version")}
    else:
        own = {key: tree[key] for key in V1_FIELDS if key in tree and key not in data} | dict(data)
    return restored(own)


def restored(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data with what a down-conversion had moved away put back in place."""
    back = copy.deepcopy(dict(data))
    if isinstance(_peek_ours(back, "kept"), dict):
        for key, value in _pop_ours(back, "kept").items():
            back.setdefault(key, value)
    for entry in book_entries(back):
        _restore_entry(entry)
    return back


def lowered(data: Mapping[str, Any], version: int, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Data as `version` (1 or 2) can hold them; keys and entries that stand in `before` already stay as they are."""
    low = copy.deepcopy(dict(data))
    present = before or {}
    only = V3_ONLY if version == 2 else (*V2_ONLY, *V3_ONLY, *WRAPPER)
    kept = {key: low.pop(key) for key in only if key in low and key not in present}
    kept = {key: value for key, value in kept.items() if value not in ("", [], {}, None)}
    if kept:
        _ours(low)["kept"] = kept
    old = book_entries(present)
    for entry in book_entries(low):
        if entry not in old:
            _lower_entry(entry)
    return low


def moved(data: Mapping[str, Any], version: int) -> list[str]:
    """What `lowered` moves out of the way, in words."""
    only = V3_ONLY if version == 2 else (*V2_ONLY, *V3_ONLY)
    lines = [f"{key}: moved to extensions.{OURS}.kept" for key in only if data.get(key) not in (None, "", [], {})]
    if version == 2:
        heads = sum(1 for entry in book_entries(data) if _has_head(entry))
        if heads:
            lines.append(f"{heads} lorebook entries: decorators stripped, kept under the entry's extensions.{OURS}")
    return lines


def completed(data: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Data with the keys every reader of `version` expects; present ones keep value and order."""
    full = dict(data)
    for key, value in REQUIRED[version].items():
        full.setdefault(key, copy.deepcopy(value))
    if version == 3:
        for entry in book_entries(full):
            entry.setdefault("use_regex", False)
    return full


def wrapped(data: Mapping[str, Any], version: int, like: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole tree around `data`; other top-level keys of `like` stay, and mirrored fields follow the data."""
    if version == 1:
        return dict(data)
    head = {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0", "data": dict(data)}
    if like is None or data_of(like) is like:
        return head
    tree = rewrapped(data, like) | head
    return {**{key: value for key, value in head.items() if key not in like}, **tree}


def rewrapped(data: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The tree `like` with other data: mirrored fields follow, and fields it only has at the top stay there."""
    old = data_of(like)
    tree = dict(like)
    for key, field in MIRRORED.items():
        follows = key in tree and field in data and (field not in old or tree[key] == old[field])
        if follows and (field in old or key in V1_FIELDS):
            tree[key] = copy.deepcopy(data[field])
    tree["data"] = {key: value for key, value in data.items() if key in old or key not in V1_FIELDS or key not in tree}
    return tree


def book_entries(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of a card's lorebook that are objects."""
    book = data.get("character_book")
    entries = book.get("entries") if isinstance(book, dict) else None
    found = list(entries.values()) if isinstance(entries, dict) else entries
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _has_head(entry: Mapping[str, Any]) -> bool:
    content = entry.get("content")
    return isinstance(content, str) and strip(content) != content


def _lower_entry(entry: dict[str, Any]) -> None:
    kept: dict[str, Any] = {}
    if _has_head(entry):
        kept["content"] = entry["content"]
        entry["content"] = strip(entry["content"])
    if "use_regex" in entry:
        use_regex = entry.pop("use_regex")
        if use_regex:
            kept["use_regex"] = use_regex
    if kept:
        _ours(entry).update(kept)


def _restore_entry(entry: dict[str, Any]) -> None:
    if isinstance(content := _pop_ours(entry, "content"), str) and strip(content) == entry.get("content"):
        entry["content"] = content
    use_regex = _pop_ours(entry, "use_regex")
    if use_regex is not None:
        entry.setdefault("use_regex", use_regex)


def _ours(holder: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(holder.get("extensions"), dict):
        holder["extensions"] = {}
    ours: Any = holder["extensions"].setdefault(OURS, {})
    if not isinstance(ours, dict):
        ours = holder["extensions"][OURS] = {"foreign": ours}
    kept: dict[str, Any] = ours
    return kept


def _peek_ours(holder: Mapping[str, Any], key: str) -> Any:
    extensions = holder.get("extensions")
    ours = extensions.get(OURS) if isinstance(extensions, dict) else None
    return ours.get(key) if isinstance(ours, dict) else None


def _pop_ours(holder: dict[str, Any], key: str) -> Any:
    extensions = holder.get("extensions")
    ours = extensions.get(OURS) if isinstance(extensions, dict) else None
    if not isinstance(extensions, dict) or not isinstance(ours, dict) or key not in ours:
        return None
    value = ours.pop(key)
    if not ours:
        del extensions[OURS]
    return value
