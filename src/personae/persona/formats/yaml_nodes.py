"""YAML text as a tree of nodes that know where they stand, with everything refused that a persona never needs.

Refused: aliases (and with them alias bombs), tags, duplicate keys, several documents, nesting beyond `MAX_DEPTH`.
Plain scalars are read by the YAML 1.2 core schema, so `no` and `2026-11-21` stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from personae.errors import FormatError, UnsafeFile

MAX_DEPTH = 40
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass
class Node:
    """One value of the file: characters `start` to `end` of the text, without what trails it.

    `keys` and `items` run in parallel for a map; `flow` means written in brackets; `style` is the quote of a scalar.
    """

    shape: Literal["scalar", "list", "map"]
    start: int
    end: int
    line: int
    column: int
    value: Any = None
    style: str | None = None
    flow: bool = False
    keys: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def plain(self) -> Any:
        """The node as plain Python data."""
        if self.shape == "map":
            return {key.value: item.plain() for key, item in zip(self.keys, self.items, strict=True)}
        return [item.plain() for item in self.items] if self.shape == "list" else self.value

    def child(self, step: str | int) -> Node | None:
        """The node under a key or index, if there is one."""
        if isinstance(step, int):
            return self.items[step] if self.shape == "list" and step < len(self.items) else None
        names = [key.value for key in self.keys]
        return self.items[names.index(step)] if step in names else None


def compose(text: str, name: str) -> Node:
    """The one document of a YAML text. Raises FormatError naming file, line and reason."""
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        return _document(events, text, name)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise FormatError(f"{name!r}{where}: not valid YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FormatError(f"{name!r}: not valid YAML: {reason}") from error


def _document(events: Iterator[Any], text: str, name: str) -> Node:
    root: Node | None = None
    for event in events:
        kind = type(event).__name__
        if kind in ("StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent", "CommentEvent"):
            continue
        if root is not None:
            raise FormatError(f"{name!r}, line {event.start_mark.line + 1}: a second document; keep one persona a file")
        root = _node(event, events, text, name, 0)
    if root is None:
        raise FormatError(f"{name!r} is empty")
    return root


def _node(event: Any, events: Iterator[Any], text: str, name: str, depth: int) -> Node:
    kind = type(event).__name__
    mark = event.start_mark
    if kind == "AliasEvent" or getattr(event, "anchor", None):
        raise FormatError(f"{name!r}, line {mark.line + 1}: anchors and aliases are not read; write the value out")
    if depth > MAX_DEPTH:
        raise UnsafeFile(f"{name!r}, line {mark.line + 1}: nested more than {MAX_DEPTH} deep")
    if _tag(event):
        raise FormatError(f"{name!r}, line {mark.line + 1}: tags such as {_tag(event)!r} are not read; remove it")
    if kind == "ScalarEvent":
        return _scalar(event, text)
    shape: Literal["list", "map"] = "list" if kind == "SequenceStartEvent" else "map"
    node = Node(shape, mark.index, mark.index, mark.line + 1, mark.column, flow=bool(event.flow_style))
    seen: set[str] = set()
    for inner in events:
        if type(inner).__name__ in ("SequenceEndEvent", "MappingEndEvent"):
            node.end = inner.end_mark.index if node.flow else _last_end(node)
            return node
        child = _node(inner, events, text, name, depth + 1)
        if shape == "map" and len(node.keys) == len(node.items):
            _add_key(node, child, seen, name, text)
        else:
            node.items.append(child)
    raise FormatError(f"{name!r}: not valid YAML: it ends in the middle")


def _add_key(node: Node, key: Node, seen: set[str], name: str, text: str) -> None:
    if key.shape != "scalar":
        raise FormatError(f"{name!r}, line {key.line}: a key must be text")
    if not isinstance(key.value, str):
        key.value = text[key.start : key.end]
    if key.value in seen:
        raise FormatError(f"{name!r}, line {key.line}: the key {key.value!r} is there twice; keep one")
    seen.add(key.value)
    node.keys.append(key)


def _scalar(event: Any, text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    block = event.style in ("|", ">")
    if block:
        end = start + len(text[start:end].rstrip())
    value = event.value if event.style else _resolve(event.value)
    return Node("scalar", start, end, event.start_mark.line + 1, event.start_mark.column, value, event.style)


def _resolve(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _tag(event: Any) -> str | None:
    tag = getattr(event, "tag", None)
    return str(tag) if tag is not None and str(tag) not in ("", "None") else None


def _last_end(node: Node) -> int:
    return max([node.end, *(child.end for child in (*node.items[-1:], *node.keys[-1:]))])
