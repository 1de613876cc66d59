"""Decisions from files – LifeChoice records as JSON or JSON lines, our own sets as YAML – and our own set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.decisions.decision import Decision
from personae.measure.decisions.shapes import LifeChoice, OwnSet
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.yaml_nodes import compose

#: Largest file that is read: books stand in it. YAML, which is slow to read, may have a twentieth of it.
MAX_BYTES = 200 * MEGABYTE
MAX_DECISIONS = 100_000


def load_decisions(path: Path | str) -> tuple[Decision, ...]:
    """All decisions of a file, in its order, ids unique.

    .json holds a record or a list of them (or an object whose `data` is one), .jsonl a record a line, .yaml a set of
    our own (`decisions: 1`). Raises FormatError with file, place and reason – nothing is skipped –, UnsafeFile where
    reading would be unsafe.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix in (".yaml", ".yml"):
        tree = compose(decode_text(read_limited(source, MAX_BYTES // 20), source.name), source.name).plain()
        found = _own(tree, source.name)
    else:
        found = list(_records(read_limited(source, MAX_BYTES), source.name, lines=suffix == ".jsonl"))
    if not found:
        raise FormatError(f"{source.name!r} holds no decision; a record has `character_name`, `Scenario`, `Question` …")
    twice = [id for id, count in Counter(each.id for each in found).items() if count > 1]
    if twice:
        raise FormatError(f"{source.name!r}: the id {twice[0]!r} is there twice; give each decision its own")
    return tuple(found)


def own_decisions() -> tuple[Decision, ...]:
    """The decisions that come with the toolkit, of four people we invented.

    >>> len(own_decisions()), len({each.character for each in own_decisions()})
    (24, 4)
    """
    with as_file(files(__package__) / "texts" / "decisions.en.yaml") as source:
        return load_decisions(source)


def _own(tree: Any, name: str) -> list[Decision]:
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r} is no set of decisions but {type(tree).__name__}; it begins with `decisions: 1`")
    return [each for who in validated(OwnSet, tree, name).characters for each in _made(who.to_decisions, name)]


def _records(data: bytes, name: str, *, lines: bool) -> Iterator[Decision]:
    for number, (record, where) in enumerate(_trees(data, name, lines)):
        if number >= MAX_DECISIONS:
            raise FormatError(f"{name!r} holds more than {MAX_DECISIONS} decisions; cut it into several files")
        if not isinstance(record, dict):
            raise FormatError(f"{where!r} is no record but {type(record).__name__}; a record is an object")
        read = validated(LifeChoice, record, where)
        yield _made(lambda read=read, number=number: read.to_decision(f"{number:05}"), where)


def _trees(data: bytes, name: str, lines: bool) -> Iterator[tuple[Any, str]]:
    if lines:
        for number, line in enumerate(decode_text(data, name).splitlines(), 1):
            if line.strip():
                yield parse_json(line, f"{name}, line {number}"), f"{name}, line {number}"
        return
    tree = parse_json(data, name)
    if isinstance(tree, dict) and isinstance(tree.get("data"), list):
        tree = tree["data"]
    if not isinstance(tree, list):
        yield tree, name
        return
    for number, record in enumerate(tree):
        yield record, f"{name} [{number}]"


def _made(make: Any, where: str) -> Any:
    """What `make` gives; a decision that is none names its place in the file."""
    try:
        return make()
    except UsageError as error:
        raise FormatError(f"{where!r}: {error}") from error
