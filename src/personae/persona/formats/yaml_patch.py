"""Changing YAML text in place: only the characters of what changed are replaced, all others stay as they are."""

from __future__ import annotations

import difflib
import io
import json
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from personae.persona.formats.yaml_nodes import Node

WIDTH = 110


def patch(text: str, root: Node, old: Any, new: Any) -> str:
    """The text with `new` where `old` was; both are plain data, `old` being what the typed view made of `root`."""
    edits = _Edits(text)
    edits.change(root, old, new)
    return edits.applied()


def emit(tree: Any) -> str:
    """Plain data as block-style YAML; texts of several lines become literal blocks where YAML can hold them."""
    writer = YAML(pure=True)
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = WIDTH
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(_styled(tree), stream)
    return stream.getvalue()


def _styled(tree: Any, quote: str | None = None) -> Any:
    if isinstance(tree, dict):
        return {_styled(key): _styled(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_styled(item) for item in tree]
    if not isinstance(tree, str):
        return tree
    if not tree.isprintable() or "\ufeff" in tree:
        lines = tree.split("\n")
        tidy = all(line.isprintable() and line == line.rstrip() and "\ufeff" not in line for line in lines)
        literal = tidy and len(lines) > 1 and lines[0] == lines[0].lstrip() and lines[0] and lines[-2:] != ["", ""]
        return LiteralScalarString(tree) if literal else DoubleQuotedScalarString(tree)
    if quote == '"' or tree.strip() != tree or _looks_resolved(tree):
        return DoubleQuotedScalarString(tree)
    return SingleQuotedScalarString(tree) if quote == "'" else tree


def _looks_resolved(text: str) -> bool:
    """Text that an older YAML reader would take for a number, date or switch is quoted."""
    return text.casefold() in ("yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", "") or (
        text[0] in "0123456789+-.=<" and not any(character.isspace() for character in text)
    )


@dataclass
class _Edits:
    text: str
    found: list[tuple[int, int, str]] = field(default_factory=list)

    def applied(self) -> str:
        text = self.text
        for start, end, replacement in sorted(self.found, key=lambda edit: edit[:2])[::-1]:
            text = text[:start] + replacement + text[end:]
        return text

    def change(self, node: Node, old: Any, new: Any) -> None:
        if old == new and type(old) is type(new):
            return
        if not new or (node.flow and not node.items):
            raise Unpatchable
        if node.flow:
            self.found.append((node.start, node.end, _flow(new)))
        elif node.shape == "map" and isinstance(old, dict) and isinstance(new, dict):
            self._map(node, old, new)
        elif node.shape == "list" and isinstance(old, list) and isinstance(new, list) and len(old) == len(node.items):
            self._list(node, old, new)
        else:
            raise Unpatchable

    def _map(self, node: Node, old: dict[str, Any], new: dict[str, Any]) -> None:
        added = {}
        for key in [*old, *(key for key in new if key not in old)]:
            child = node.child(key)
            if key in old and key in new and old[key] == new[key]:
                continue
            if child is None and key in new:
                added[key] = new[key]
            elif child is not None and key not in new:
                self._drop_key(node, key)
            elif child is not None:
                self._value(node, key, child, old.get(key), new[key])
        if added:
            self._insert(node.end, emit(added), node.column)

    def _value(self, parent: Node, key: str, child: Node, old: Any, new: Any) -> None:
        try:
            marker = len(self.found)
            self.change(child, old, new)
        except Unpatchable:
            del self.found[marker:]
            colon = self.text.index(":", self._key(parent, key).end) + 1
            self.found.append((colon, max(child.end, colon), _after_colon(new, child.style, parent.column)))

    def _list(self, node: Node, old: list[Any], new: list[Any]) -> None:
        names_old, names_new = [_name(item) for item in old], [_name(item) for item in new]
        matcher = difflib.SequenceMatcher(a=names_old, b=names_new, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag == "replace" and b - a == d - c and not all(_identified(item) for item in old[a:b]):
                tag = "equal"
            if tag == "equal":
                for index, other in zip(range(a, b), range(c, d), strict=True):
                    self._item(node, index, old[index], new[other])
                continue
            for index in range(a, b):
                self._drop_lines(self._line_start(node.items[index].start), node.items[index].end)
            if c < d:
                block = "".join(_item_text(item) for item in new[c:d])
                if a == 0:
                    start = self._line_start(node.items[0].start)
                    self.found.append((start, start, _indented(block, node.column)))
                else:
                    self._insert(node.items[max(a, b) - 1].end, block, node.column)

    def _item(self, node: Node, index: int, old: Any, new: Any) -> None:
        child = node.items[index]
        if old == new:
            return
        whole = child.shape == "map" and _identified(new) and child.child("id") is None
        try:
            marker = len(self.found)
            if whole or child.shape == "scalar":
                raise Unpatchable
            self.change(child, old, new)
        except Unpatchable:
            del self.found[marker:]
            text = _indented(_item_text(new), node.column).lstrip(" ").rstrip("\n").removeprefix("- ")
            self.found.append((child.start, child.end, text))

    def _drop_key(self, node: Node, key: str) -> None:
        start = self._key(node, key).start
        line = self._line_start(start)
        child = node.child(key)
        if self.text[line:start].strip() or child is None:
            raise Unpatchable
        self._drop_lines(line, max(child.end, self._key(node, key).end))

    def _drop_lines(self, start: int, end: int) -> None:
        self.found.append((start, self._line_end(end), ""))

    def _insert(self, after: int, block: str, column: int) -> None:
        position = self._line_end(after)
        missing = "" if position and self.text[position - 1] == "\n" else "\n"
        self.found.append((position, position, missing + _indented(block, column)))

    def _key(self, node: Node, key: str) -> Node:
        return next(each for each in node.keys if each.value == key)

    def _line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def _line_end(self, position: int) -> int:
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found + 1


class Unpatchable(Exception):
    """This value cannot be changed in place; its parent writes it anew."""


def _flow(value: Any) -> str:
    """JSON, which is YAML too, with YAML's own escapes for what cannot be printed."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)


def _after_colon(value: Any, quote: str | None, column: int) -> str:
    quote = quote if isinstance(value, str) else None
    block = emit({"k": _styled(value, quote)}).rstrip("\n").removeprefix("k:")
    return _indented(block, column, first=False)


def _item_text(item: Any) -> str:
    body = emit(item) if isinstance(item, dict | list) and item else emit([item]).strip(" \n").removeprefix("- ") + "\n"
    return "- " + _indented(body, 2, first=False)


def _indented(block: str, column: int, first: bool = True) -> str:
    lines = block.split("\n")
    pad = " " * column
    return "\n".join(pad + line if line and (first or index) else line for index, line in enumerate(lines))


def _name(item: Any) -> str:
    """What an item of a list is recognised by: its id where it has one, else all it is."""
    return f"id {item['id']}" if _identified(item) else json.dumps(item, sort_keys=True)


def _identified(item: Any) -> bool:
    return isinstance(item, dict) and item.get("id") is not None
