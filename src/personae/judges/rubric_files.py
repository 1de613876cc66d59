"""Rubrics: what is graded, and what the scores from 1 to 5 mean. One YAML file each, ours in `rubrics/` or a user's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited

#: Every rubric grades from 1 to 5 (PersonaGym; CharacterChat).
SCORES = (1, 2, 3, 4, 5)

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class Rubric:
    """What to grade (`task`), and the criteria for the scores 1 … 5, in this order.

    `version` rises when the wording changes, `checksum` whenever a byte does: scores of two wordings are two things.
    """

    name: str
    version: int
    title: str
    task: str
    criteria: tuple[str, ...]
    checksum: str
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name and version: "expected_action@1"."""
        return f"{self.name}@{self.version}"


def load_rubric(source: str | Path) -> Rubric:
    """A rubric of ours by name or alias, or a user's by the path of a YAML file.

    Raises `UsageError` for an unknown name, `FormatError` for a file that is no rubric, `UnsafeFile` over 1 MB.

    >>> load_rubric("toxicity").id
    'toxicity_control@1'
    """
    if isinstance(source, Path) or source.endswith((".yaml", ".yml")):
        return _read(read_limited(source, MEGABYTE), str(source))
    for rubric in own_rubrics():
        if source.lower().replace(" ", "_") in (rubric.name, *rubric.aliases):
            return rubric
    known = ", ".join(rubric.name for rubric in own_rubrics())
    raise UsageError(f"unknown rubric {source!r}; known are {known}, or give the path of a YAML file")


@cache
def own_rubrics() -> tuple[Rubric, ...]:
    """Ours, by name: the five tasks of PersonaGym in our own words.

    >>> [rubric.name for rubric in own_rubrics()][:2]
    ['action_justification', 'expected_action']
    """
    folder = files(__package__) / "rubrics"
    found = [_read(file.read_bytes(), file.name) for file in folder.iterdir() if file.name.endswith(".yaml")]
    return tuple(sorted(found, key=lambda rubric: rubric.name))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    rubric: Literal[1]
    name: _Name
    version: int = Field(ge=1)
    title: _Line
    task: _Line
    criteria: dict[int, _Line]
    aliases: list[_Name] = []


def _read(data: bytes, name: str) -> Rubric:
    try:
        file = _File.model_validate(YAML(typ="safe").load(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise FormatError(f"{name!r} is not UTF-8 text; save it as UTF-8") from error
    except YAMLError as error:
        raise FormatError(f"{name!r} is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(
            f"{name!r} is no rubric: {where}: {first['msg']}; see rubrics/expected_action.yaml"
        ) from error
    if tuple(sorted(file.criteria)) != SCORES:
        raise FormatError(f"{name!r} has criteria for {sorted(file.criteria)}; a rubric has them for {list(SCORES)}")
    criteria = tuple(file.criteria[score] for score in SCORES)
    checksum = hashlib.sha256(data).hexdigest()[:12]
    return Rubric(file.name, file.version, file.title, file.task, criteria, checksum, tuple(file.aliases))
