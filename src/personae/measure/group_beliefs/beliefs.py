"""Statements about groups of people, with the subject left open: ours, or those of a file.

question: … {statement} …                how one is asked
scale: [entirely correct, …]             labels from most to least correct; an odd number, the middle one is "neither"
names: {E: extraversion}                 of domains
sets: {gender: [women, men]}             groups that are compared with each other
statements:
  - {id: e1, domain: E, key: 1, text: "{subject} talk to strangers."}
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

from personae.errors import FormatError
from personae.files import read_yaml

#: Where the group stands in a statement.
SUBJECT = "{subject}"

Text = Annotated[str, Field(min_length=1, max_length=500)]
Label = Annotated[str, Field(min_length=1, max_length=80)]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Belief(_Plain):
    """One statement; agreeing speaks for the domain (key 1) or against it (-1)."""

    id: Label
    text: Text
    domain: Label
    key: Literal[1, -1] = 1

    def about(self, group: str) -> str:
        """The statement about a group.

        >>> Belief(id="e1", text="{subject} talk to strangers.", domain="E").about("old people")
        'Old people talk to strangers.'
        """
        said = self.text.replace(SUBJECT, group.strip())
        return said[:1].upper() + said[1:]


class Beliefs(_Plain):
    """All statements with their scale and groups."""

    question: Text
    scale: tuple[Label, ...] = Field(min_length=3, max_length=11)
    names: dict[Label, Label] = Field(default_factory=dict)
    sets: dict[Label, tuple[Label, ...]] = Field(min_length=1)
    statements: tuple[Belief, ...] = Field(min_length=2, max_length=1000)

    @model_validator(mode="after")
    def _sound(self) -> Beliefs:
        ids = [one.id for one in self.statements]
        if len(set(ids)) < len(ids):
            raise ValueError(f"the id {next(id for id in ids if ids.count(id) > 1)!r} is used twice")
        if odd := [one.id for one in self.statements if SUBJECT not in one.text]:
            raise ValueError(f"the statement {odd[0]!r} has no {SUBJECT}")
        if "{statement}" not in self.question:
            raise ValueError("the question has no {statement}")
        if len(self.scale) % 2 == 0 or len(set(self.scale)) < len(self.scale):
            raise ValueError("a scale needs an odd number of different labels; the middle one says neither")
        if small := [
            name for name, groups in self.sets.items() if len(set(groups)) < 2 or len(set(groups)) < len(groups)
        ]:
            raise ValueError(f"the set {small[0]!r} needs two or more different groups")
        return self

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains, in the order of their first statement."""
        return tuple(dict.fromkeys(one.domain for one in self.statements))

    @property
    def points(self) -> tuple[int, ...]:
        """Points of the labels: as many as there are labels for the most correct, 1 for the least."""
        return tuple(range(len(self.scale), 0, -1))

    def per_cent(self, belief: Belief, point: float) -> float:
        """A point as 0 … 100 for the domain, turned where the key is -1.

        >>> own_beliefs().per_cent(own_beliefs().statements[0], 7)
        100.0
        """
        share = 100 * (point - 1) / (len(self.scale) - 1)
        return share if belief.key == 1 else 100 - share

    def first(self, n: int | None) -> Beliefs:
        """The same with the first `n` statements only."""
        return self if n is None else self.model_copy(update={"statements": self.statements[:n]})

    def comparing(self, groups: tuple[str, ...]) -> Beliefs:
        """The same with these groups instead of the sets; without any, as it is. Raises FormatError for one alone."""
        if not groups:
            return self
        return _valid(self.model_dump() | {"sets": {"given": groups}}, f"the groups {groups!r}")


def read_beliefs(path: Path | str) -> Beliefs:
    """The statements of a YAML or JSON file. Raises FormatError for a file that is not as above."""
    return _valid(read_yaml(path), repr(str(path)))


@cache
def own_beliefs() -> Beliefs:
    """The statements that come with the toolkit: thirty, six for each of five domains, keys balanced."""
    source = files(__package__) / "texts" / "beliefs.en.yaml"
    return Beliefs.model_validate(YAML(typ="safe").load(source.read_text("utf-8")))


def _valid(tree: Any, what: str) -> Beliefs:
    try:
        return Beliefs.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise FormatError(f"{what}: no statements about groups: {place}: {first['msg']}") from error
