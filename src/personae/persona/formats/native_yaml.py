"""Our own format: YAML made for people to read and edit. The first key is the version, `personae: 1`.

An edited persona is written back into the text it came from: comments, order, quotes and line breaks stay, and
only what changed is touched. `statements` may also be plain lines of text; they get ids and kinds when read.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE
from personae.persona.formats.decode import decode_text, digest, faults
from personae.persona.formats.yaml_nodes import Node, compose
from personae.persona.formats.yaml_patch import Unpatchable, emit, patch
from personae.persona.kinds import kind_of
from personae.persona.original import Original
from personae.persona.persona import Persona
from personae.persona.statements import person_of, statement_id

VERSION = 1
MAX_BYTES = 10 * MEGABYTE


def read(data: bytes, name: str) -> Persona:
    """The persona in a native file. Raises FormatError with file, line and reason, UnsafeFile above 10 MB."""
    if len(data) > MAX_BYTES:
        raise UnsafeFile(f"{name!r} is larger than {MAX_BYTES // MEGABYTE} MB; such files are not read")
    text = decode_text(data, name)
    return _typed(compose(text, name), name).read_from(Original("yaml", text=data.decode("utf-8"), digest=digest(data)))


def write(persona: Persona) -> bytes:
    """A native file: the text it was read from with the changes put in, or a fresh one."""
    original = persona.original
    if original is not None and original.format == "yaml" and original.text is not None:
        patched = _patched(persona, original.text)
        if patched is not None:
            return patched.encode("utf-8")
    return emit({"personae": VERSION, **sparse(persona)}).encode("utf-8")


def sparse(persona: Persona) -> dict[str, Any]:
    """The persona as plain data in the order of its fields, without what is left at its default."""
    return persona.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _patched(persona: Persona, text: str) -> str | None:
    """The old text with the new content, or None where that cannot be done in place."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix("\ufeff")
    try:
        root = compose(body, "the original")
        before = _typed(root, "the original")
        if before.content_hash == persona.content_hash:
            return text
        changed = patch(body, root, sparse(before), sparse(persona))
        after = _typed(compose(changed, "the edited text"), "the edited text")
    except (FormatError, Unpatchable):
        return None
    return mark + changed if after.content_hash == persona.content_hash else None


def _typed(root: Node, name: str) -> Persona:
    if root.shape != "map":
        raise FormatError(
            f"{name!r}, line {root.line}: a persona file holds keys and values, starting with `personae: 1`"
        )
    tree = root.plain()
    _check_version(root, tree, name)
    del tree["personae"]
    if isinstance(tree.get("statements"), list):
        tree["statements"] = [_statement(item) for item in tree["statements"]]
    try:
        return Persona.model_validate(tree)
    except ValidationError as error:
        raise FormatError(faults(error, name, line_of=lambda path: _line(root, path))) from error


def _check_version(root: Node, tree: dict[str, Any], name: str) -> None:
    if "personae" not in tree:
        raise FormatError(f"{name!r}: the key `personae` is missing; make `personae: {VERSION}` the first line")
    version = tree["personae"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError(
            f"{name!r}, line {root.line}: personae: {version!r} is no version; write `personae: {VERSION}`"
        )
    if version > VERSION:
        raise FormatError(
            f"{name!r} is written in version {version} of the format, this program reads up to {VERSION}; "
            "update personae"
        )


def _statement(item: Any) -> Any:
    """A statement written as a line of text, or without an id, made whole."""
    if isinstance(item, str) and item.strip():
        return {"id": statement_id(item), "text": item, "kind": kind_of(item), "person": person_of(item)}
    if isinstance(item, dict) and "id" not in item and isinstance(item.get("text"), str):
        return {"id": statement_id(item["text"]), **item}
    return item


def _line(root: Node, path: tuple[str | int, ...]) -> int:
    """The line of the deepest node on a path."""
    node = root
    for step in path:
        child = node.child(step)
        if child is None:
            break
        node = child
    return node.line
