"""Chains from files and into files, and our own chains."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.measure.behaviour_chains.chain import Chain
from personae.measure.behaviour_chains.shapes import OwnChain, Released
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.yaml_nodes import compose

#: Largest file that is read; YAML, which is slow to read, may have a tenth of it.
MAX_BYTES = 100 * MEGABYTE
MAX_CHAINS = 10_000
VERSION = 1


def load_chains(path: Path | str) -> tuple[Chain, ...]:
    """All chains of a file, in its order, ids unique.

    .jsonl holds a chain a line, .yaml one chain or a list of them, .json also a chain of the released form. Raises
    FormatError with file, place and reason – no node is skipped –, UnsafeFile where reading would be unsafe.
    """
    source = Path(path)
    found: list[Chain] = []
    for tree, where in _trees(source):
        if len(found) >= MAX_CHAINS:
            raise FormatError(f"{source.name!r} holds more than {MAX_CHAINS} chains; cut it into several files")
        found.append(_chain(tree, where, source.stem))
    if not found:
        raise FormatError(f"{source.name!r} holds no chain; a chain begins with `chain: {VERSION}`")
    twice = [id for id, count in Counter(chain.id for chain in found).items() if count > 1]
    if twice:
        raise FormatError(f"{source.name!r}: the id {twice[0]!r} is there twice; give each chain its own")
    return tuple(found)


def save_chains(path: Path | str, chains: Sequence[Chain]) -> None:
    """Write chains as JSON lines, whole or not at all. What is read back is equal. Raises UsageError for no chains."""
    if not chains:
        raise UsageError(f"there is no chain to write to {str(path)!r}")
    write_atomic(path, "".join(f"{dumped(chain)}\n" for chain in chains))


def dumped(chain: Chain) -> str:
    """A chain as one line of JSON.

    >>> from personae.measure.behaviour_chains.chain import Node
    >>> node = Node("Rain.", "She runs.", ("She waits.", "She sings.", "She calls."))
    >>> dumped(Chain("rain", "Ana", (node, node)))[:48]
    '{"chain": 1, "id": "rain", "character": "Ana", "'
    """
    fields = dataclasses.asdict(chain)
    kept = {key: value for key, value in fields.items() if value not in ("", ())}
    nodes = kept.pop("nodes")
    return json.dumps({"chain": VERSION, **kept, "nodes": nodes}, ensure_ascii=False)


def own_chains() -> tuple[Chain, ...]:
    """The chains that come with the toolkit, about people we invented.

    >>> [len(chain.nodes) for chain in own_chains()]
    [10, 10]
    """
    with as_file(files(__package__) / "texts" / "chains.en.yaml") as source:
        return load_chains(source)


def _trees(source: Path) -> Iterator[tuple[Any, str]]:
    suffix, name = source.suffix.lower(), source.name
    if suffix == ".jsonl":
        for number, line in enumerate(decode_text(read_limited(source, MAX_BYTES), name).splitlines(), 1):
            if line.strip():
                yield parse_json(line, f"{name}, line {number}"), f"{name}, line {number}"
        return
    if suffix in (".yaml", ".yml"):
        tree = compose(decode_text(read_limited(source, MAX_BYTES // 10), name), name).plain()
    else:
        tree = parse_json(read_limited(source, MAX_BYTES), name)
    if isinstance(tree, list):
        yield from ((item, f"{name} [{number}]") for number, item in enumerate(tree))
    else:
        yield tree, name


def _chain(tree: Any, where: str, stem: str) -> Chain:
    if not isinstance(tree, dict):
        raise FormatError(f"{where!r} is no chain but {type(tree).__name__}; it begins with `chain: {VERSION}`")
    try:
        if "chain" in tree or "examples" not in tree:
            return validated(OwnChain, tree, where).to_chain()
        return validated(Released, tree, where).to_chain(stem)
    except UsageError as error:
        raise FormatError(f"{where!r}: {error}") from error
