"""Situations: ours, or those of a file in the form of TRAIT.

A file is a list, as JSON (.json) or YAML; keys that are not named here are left alone:
  - trait: extraversion                  or "personality", as TRAIT calls it
    situation: Olu turns thirty …
    query: What should he do?
    high1, high2, low1, low2: …          or "response_high1" and so on
    id: extraversion-4                   optional
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.psychometrics.instrument import nearest

#: A file of situations larger than this is not read. TRAIT's 8,000 come to some 12 MB.
MAX_BYTES = 64 * MEGABYTE
OWN = ("big-five", "dark")

#: The names of the four options, in the order of `Situation.options`.
OPTIONS = ("high1", "high2", "low1", "low2")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation somebody is in, a question about it, two answers from high in the trait and two from low in it."""

    id: str
    trait: str
    situation: str
    query: str
    high1: str
    high2: str
    low1: str
    low2: str

    @property
    def options(self) -> tuple[str, str, str, str]:
        """The four answers: high, high, low, low."""
        return self.high1, self.high2, self.low1, self.low2


def own_situations() -> tuple[Situation, ...]:
    """Our own: eight per domain of the Big Five and eight per dark trait.

    >>> len(own_situations()), len({situation.trait for situation in own_situations()})
    (64, 8)
    """
    return tuple(situation for name in OWN for situation in _ours(name))


def read_situations(path: Path | str) -> tuple[Situation, ...]:
    """The situations of a file. Raises `FormatError` that names the place, `UnsafeFile` above 64 MB.

    Without an id a situation is called by its trait and its number within it, from 1.
    """
    return _situations(_tree(read_limited(path, MAX_BYTES), path), path)


def chosen(
    situations: Sequence[Situation], *, traits: Sequence[str] | None = None, n: int | None = None
) -> tuple[Situation, ...]:
    """The first `n` situations of each of these traits (of all without). Raises `UsageError` for an unknown trait.

    >>> [situation.id for situation in chosen(own_situations(), traits=["openness"], n=2)]
    ['openness-1', 'openness-2']
    """
    known = list(dict.fromkeys(situation.trait for situation in situations))
    if unknown := [trait for trait in traits or () if trait not in known]:
        raise UsageError(
            f"no situation is about {unknown[0]!r}{nearest(unknown[0], known)}; there are {', '.join(known)}"
        )
    if n is not None and n < 1:
        raise UsageError(f"{n!r} situations a trait; give 1 or more, or nothing for all")
    seen: Counter[str] = Counter()
    kept = []
    for situation in situations:
        seen[situation.trait] += 1
        if (traits is None or situation.trait in traits) and (n is None or seen[situation.trait] <= n):
            kept.append(situation)
    return tuple(kept)


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: Name | None = None
    trait: Name = Field(validation_alias=AliasChoices("trait", "personality"))
    situation: Text
    query: Text
    high1: Text = Field(validation_alias=AliasChoices("high1", "response_high1"))
    high2: Text = Field(validation_alias=AliasChoices("high2", "response_high2"))
    low1: Text = Field(validation_alias=AliasChoices("low1", "response_low1"))
    low2: Text = Field(validation_alias=AliasChoices("low2", "response_low2"))


_LIST: TypeAdapter[tuple[_Shape, ...]] = TypeAdapter(
    Annotated[tuple[_Shape, ...], Field(min_length=1, max_length=20_000)]
)


@cache
def _ours(name: str) -> tuple[Situation, ...]:
    return _situations(bundled(__package__, f"texts/{name}.yaml"), name)


def _tree(data: bytes, path: Path | str) -> Any:
    try:
        if str(path).lower().endswith(".json"):
            return json.loads(data.decode("utf-8-sig"))
        return YAML(typ="safe", pure=True).load(data)
    except (YAMLError, ValueError, RecursionError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise FormatError(f"{str(path)!r} cannot be read as a list of situations: {why}") from error


def _situations(tree: Any, path: Path | str) -> tuple[Situation, ...]:
    try:
        shapes = _LIST.validate_python(tree)
    except (ValidationError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} holds no situations: {_first(error)}") from error
    seen: Counter[str] = Counter()
    found: dict[str, Situation] = {}
    for number, shape in enumerate(shapes, 1):
        trait = " ".join(shape.trait.split()).lower()
        seen[trait] += 1
        id = shape.id or f"{trait}-{seen[trait]}"
        if id in found:
            raise FormatError(f"{str(path)!r} has the id {id!r} twice; give each situation its own")
        one = Situation(id, trait, shape.situation, shape.query, shape.high1, shape.high2, shape.low1, shape.low2)
        if len(set(one.options)) < len(one.options):
            raise FormatError(f"{str(path)!r}: two of the four answers of situation {number} ({id!r}) are the same")
        found[id] = one
    return tuple(found.values())


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return type(error).__name__
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"])) or "the file"
    return f"{place}: {first['msg']}"
