"""A margins file: how many people have which value of an attribute, alone and together, and what cannot go together.

country: Velmora                                     # optional, as are `names`, `tables`, `starts` and `rules`
names: [Adra, Belis]                                 # given names to draw from
margins:
  sex: {female: 51, male: 49}                        # counts, shares or percentages
tables:                                              # people are held to these as well
  - {of: [age, sex], cells: {18-29: {female: 10, male: 11}}}
starts:                                              # only the odds count: what hangs together
  - {of: [age, income], cells: {18-29: {low: 3, high: 1}}}
rules:                                               # whoever meets all of `if` may meet none of `not`
  - {name: the young earn little, if: {age: [18-29]}, not: {income: [high]}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_limited
from personae.psychometrics.instrument import nearest

MAX_BYTES = 4 * MEGABYTE
MAX_VALUES = 1000
MAX_CELLS = 100_000


@dataclass(frozen=True)
class Table:
    """Numbers for combinations of values: `cells` maps values, in the order of `of`, to a count or share."""

    of: tuple[str, ...]
    cells: Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Rule:
    """Nobody for whom all of `when` holds has any of `never`."""

    name: str
    when: Mapping[str, frozenset[str]]
    never: Mapping[str, frozenset[str]]

    def breaks(self, row: Mapping[str, str]) -> bool:
        """Does this person break the rule? An attribute a person lacks breaks none.

        >>> rule = Rule("r", {"age": frozenset({"18-29"})}, {"job": frozenset({"mayor"})})
        >>> rule.breaks({"age": "18-29", "job": "mayor"}), rule.breaks({"age": "30-44", "job": "mayor"})
        (True, False)
        """
        held = all(row.get(name) in values for name, values in self.when.items())
        return held and any(row.get(name) in values for name, values in self.never.items())


@dataclass(frozen=True)
class Margins:
    """What is known of a population. `values` lists each attribute's values in their order."""

    values: Mapping[str, tuple[str, ...]]
    margins: tuple[Table, ...]
    tables: tuple[Table, ...] = ()
    starts: tuple[Table, ...] = ()
    rules: tuple[Rule, ...] = ()
    names: tuple[str, ...] = ()
    country: str = ""

    @property
    def absent(self) -> tuple[str, ...]:
        """Those of the 33 attributes nothing is said about."""
        return tuple(name for name in attributes() if name not in self.values)


@cache
def attributes() -> dict[str, dict[str, str]]:
    """The 33 attributes with what the persona says of each [PERSONA: Reproducible Testbed 2024].

    >>> len(attributes())
    33
    """
    known: dict[str, dict[str, str]] = bundled(__package__, "texts/attributes.en.yaml")
    return known


def example() -> Margins:
    """The margins of an invented country, all 33 attributes.

    >>> example().country, example().absent
    ('Velmora', ())
    """
    return _margins(bundled(__package__, "texts/example.yaml"), "the example")


def read_margins(path: Path | str) -> Margins:
    """The margins in a YAML or JSON file (see the module). Raises FormatError naming the first thing that is wrong."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    data = read_limited(path, MAX_BYTES)
    try:
        tree = YAML(typ="safe").load(BytesIO(data))
    except (YAMLError, ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no YAML: {str(error).splitlines()[0]}") from error
    return _margins(tree, repr(str(path)))


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Name = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]
Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class _Table(_Shape):
    of: Annotated[list[Name], Field(min_length=2, max_length=6)]
    cells: dict[Name, Any]


class _Rule(_Shape):
    name: Name
    when: Annotated[dict[Name, list[Name]], Field(alias="if", min_length=1)]
    never: Annotated[dict[Name, list[Name]], Field(alias="not", min_length=1)]


class _File(_Shape):
    country: str = ""
    names: list[Name] = []
    margins: Annotated[dict[Name, Annotated[dict[Name, Number], Field(min_length=1, max_length=MAX_VALUES)]], Field()]
    tables: list[_Table] = []
    starts: list[_Table] = []
    rules: list[_Rule] = []


def _margins(tree: object, where: str) -> Margins:
    try:
        file = _File.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise FormatError(f"{where}: {place}: {first['msg']}; see `personae population sample --help`") from error
    if not file.margins:
        raise FormatError(f"{where}: margins: there are none; give at least one attribute")
    for name in file.margins:
        if name not in attributes():
            raise FormatError(f"{where}: no attribute is called {name!r}{nearest(name, list(attributes()))}")
    values = {name: tuple(margin) for name, margin in file.margins.items()}
    for kind in (file.tables, file.starts):
        for table in kind:
            _known(dict.fromkeys(table.of, ()), values, where)
    return Margins(
        values,
        tuple(Table((name,), {(value,): n for value, n in given.items()}) for name, given in file.margins.items()),
        tuple(_table(one, values, where) for one in file.tables),
        tuple(_table(one, values, where) for one in file.starts),
        tuple(_rule(one, values, where) for one in file.rules),
        tuple(file.names),
        file.country,
    )


def _table(table: _Table, values: Mapping[str, Sequence[str]], where: str) -> Table:
    if len(set(table.of)) < len(table.of):
        raise FormatError(f"{where}: a table of {table.of!r} names an attribute twice")
    cells: dict[tuple[str, ...], float] = {}
    for key, number in _cells(table.cells, len(table.of), where):
        for name, value in zip(table.of, key, strict=True):
            _known({name: (value,)}, values, where)
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < float("inf"):
            raise FormatError(f"{where}: the table of {table.of!r} holds {number!r} at {key!r}; give a number ≥ 0")
        cells[key] = float(number)
        if len(cells) > MAX_CELLS:
            raise FormatError(f"{where}: the table of {table.of!r} has more than {MAX_CELLS:,} cells")
    return Table(tuple(table.of), cells)


def _cells(tree: object, depth: int, where: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Keys and number of each cell; what is not named counts as 0."""
    if not depth:
        yield (), tree
        return
    if not isinstance(tree, Mapping):
        raise FormatError(f"{where}: a table holds {tree!r} where values of its next attribute are due")
    for value, below in tree.items():
        for key, number in _cells(below, depth - 1, where):
            yield (str(value), *key), number


def _rule(rule: _Rule, values: Mapping[str, Sequence[str]], where: str) -> Rule:
    _known(rule.when, values, where)
    _known(rule.never, values, where)
    when, never = ({name: frozenset(given) for name, given in side.items()} for side in (rule.when, rule.never))
    return Rule(rule.name, when, never)


def _known(wanted: Mapping[str, Sequence[str]], values: Mapping[str, Sequence[str]], where: str) -> None:
    for name, given in wanted.items():
        if name not in values:
            raise FormatError(f"{where}: {name!r} has no margin{nearest(name, list(values))}; give one under `margins`")
        for value in given:
            if value not in values[name]:
                near = nearest(value, list(values[name]))
                raise FormatError(f"{where}: {value!r} is no value of {name!r}{near}")
