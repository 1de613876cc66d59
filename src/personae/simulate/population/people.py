"""Rows of a census as personas: a statement per attribute, the few fields that have a place, and the raw values.

The raw values stay under `extensions["population"]`, so that people can be counted and grouped as they were drawn.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.files import MEGABYTE
from personae.persona.parts import BIG_FIVE, Statement
from personae.persona.persona import Persona
from personae.simulate.population.census import Population
from personae.simulate.population.margins import Margins, attributes

#: Where the raw values stand in a persona's `extensions`.
KEY = "population"
#: The most people that `population sample` draws, and that are read; and the longest line of one.
MAX_PEOPLE, MAX_LINE = 100_000, MEGABYTE

#: What the words of a big-five value stand for, −1 … 1 (ours).
LEVELS: Mapping[str, float] = {"low": -0.6, "middle": 0.0, "high": 0.6}

_BAND = re.compile(r"\s*([0-9]{1,3})\s*(?:[-–]|to)\s*([0-9]{1,3})\s*")


def personas(population: Population, margins: Margins, *, seed: int) -> list[Persona]:
    """A persona per row. A band of ages becomes one age within it, names come from the file's, or are numbers.

    >>> from personae.simulate.population import example, sample
    >>> ana = personas(sample(example(), 3, seed=1), example(), seed=1)[0]
    >>> len(ana.statements), sorted(ana.extensions["population"])[:3]
    (33, ['age', 'ancestry', 'big_five'])
    """
    return list(each_persona(population, margins, seed=seed))


def each_persona(population: Population, margins: Margins, *, seed: int) -> Iterator[Persona]:
    """As `personas`, one at a time: a hundred thousand do not fit in the memory of every machine."""
    rng = np.random.default_rng(seed)
    width = len(str(len(population.rows)))
    for number, row in enumerate(population.rows, 1):
        called = str(rng.choice(list(margins.names))) if margins.names else f"Resident {number:0{width}d}"
        yield _persona(row, called, number, margins.country, rng)


def row_of(persona: Persona) -> dict[str, str]:
    """The attribute values somebody was drawn with. Raises UsageError for a persona that is from no population."""
    row = persona.extensions.get(KEY)
    if not isinstance(row, Mapping):
        raise UsageError(f"{persona.name!r} holds no {KEY!r} values; use people that `population sample` made")
    return {str(name): str(value) for name, value in row.items()}


def without(persona: Persona, attribute: str) -> Persona:
    """The same person with one attribute taken out: its statement, its field and its raw value.

    >>> from personae.simulate.population import example, sample
    >>> ana = personas(sample(example(), 1, seed=1), example(), seed=1)[0]
    >>> less = without(ana, "age")
    >>> less.identity.age, len(less.statements), "age" in row_of(less)
    (None, 32, False)
    """
    row = row_of(persona)
    if attribute not in row:
        raise UsageError(f"{persona.name!r} has no attribute {attribute!r}; it has {', '.join(row)}")
    changes: dict[str, Any] = {
        "statements": tuple(one for one in persona.statements if one.slot != attribute),
        "extensions": {**persona.extensions, KEY: {name: value for name, value in row.items() if name != attribute}},
    }
    part, _, name = attributes().get(attribute, {}).get("field", "").partition(".")
    if part:
        cleared = type(getattr(persona, part)).model_fields[name].get_default(call_default_factory=True)
        changes[part] = getattr(persona, part).model_copy(update={name: cleared})
    return persona.edited(**changes)


def lines(people: Iterable[Persona]) -> str:
    """JSON lines, one persona each; any line alone is a persona file."""
    said = []
    for one in people:
        tree = {"personae": 1, **one.model_dump(mode="json", by_alias=True, exclude_defaults=True)}
        said.append(json.dumps(tree, ensure_ascii=False))
    return "".join(f"{line}\n" for line in said)


def read_people(path: Path | str) -> list[Persona]:
    """What `lines` wrote. Raises FormatError naming the line that is none, UnsafeFile for too many or too long ones."""
    found: list[Persona] = []
    try:
        with Path(path).open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                where = f"{str(path)!r}, line {number}"
                if len(line) > MAX_LINE or len(found) == MAX_PEOPLE:
                    raise UnsafeFile(f"{where}: at most {MAX_PEOPLE:,} people are read, of 1 MB each")
                if line.strip():
                    found.append(_read(line, where))
    except OSError as error:
        raise FormatError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    if not found:
        raise FormatError(f"{str(path)!r} holds nobody")
    return found


def _read(line: bytes, where: str) -> Persona:
    from pydantic import ValidationError

    try:
        tree = json.loads(line)
        if not isinstance(tree, dict):
            raise FormatError(f"{where}: {tree!r:.40} is no persona")
        tree.pop("personae", None)
        return Persona.model_validate(tree)
    except (ValueError, RecursionError, ValidationError) as error:
        raise FormatError(f"{where}: no persona ({str(error).splitlines()[0]})") from error


def to_dict(population: Population) -> dict[str, Any]:
    """What the draw cost and came to, as plain JSON data; the rows themselves are left out."""
    return {
        "n": len(population.rows),
        "drawn": population.drawn,
        "dropped": dict(population.dropped),
        "loss": population.loss,
        "beyond_3_sigma": {name: list(values) for name, values in population.beyond().items()},
        "margins": {
            name: {value: dataclasses.asdict(one) for value, one in shares.items()}
            for name, shares in population.margins.items()
        },
        "fitted": [
            {"attributes": list(joint.attributes), "rounds": joint.rounds, "error": joint.error}
            for joint in population.joints
        ],
    }


def big_five(value: str) -> dict[str, float]:
    """The domains a value names, −1 … 1. Raises FormatError for words that are none.

    >>> big_five("high openness, low neuroticism")
    {'openness': 0.6, 'neuroticism': -0.6}
    """
    found: dict[str, float] = {}
    for part in value.split(","):
        level, _, domain = part.strip().partition(" ")
        if level not in LEVELS or domain.strip() not in BIG_FIVE:
            known = f"{', '.join(LEVELS)} with {', '.join(BIG_FIVE)}"
            raise FormatError(
                f"the big_five value {value!r} holds {part.strip()!r}; write {known}, with commas between"
            )
        found[domain.strip()] = LEVELS[level]
    return found


def _persona(row: Mapping[str, str], name: str, number: int, country: str, rng: np.random.Generator) -> Persona:
    fields: dict[str, dict[str, Any]] = {}
    statements = []
    for attribute, value in row.items():
        about = attributes()[attribute]
        said: Any = _age(value, rng) if attribute == "age" else value
        text = about["says"].replace("{value}", str(said))
        statements.append(Statement(id=attribute, text=text, kind=about["kind"], slot=attribute, origin="invented"))
        part, _, field = about.get("field", "").partition(".")
        if part:
            fields.setdefault(part, {})[field] = big_five(value) if attribute == "big_five" else str(said)
    tree: dict[str, Any] = {
        "name": name,
        "summary": f"One of the people of {country}." if country else "",
        "statements": statements,
        "tags": ("population",),
        "extensions": {KEY: dict(row), "population_id": number},
        **fields,
    }
    return Persona.model_validate(tree)


def _age(value: str, rng: np.random.Generator) -> str:
    """A year within a band such as 18-29; any other value as it is."""
    band = _BAND.fullmatch(value)
    if band is None or int(band[1]) > int(band[2]):
        return value
    return str(int(rng.integers(int(band[1]), int(band[2]) + 1)))


def table_of(people: Sequence[Persona]) -> list[dict[str, str]]:
    """The raw values of everybody, in order."""
    return [row_of(one) for one in people]
