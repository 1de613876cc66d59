"""The papers behind the toolkit, and what became of each.

`papers.yaml` holds one row per paper; this reads and validates it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML


class Paper(BaseModel):
    """One paper: what of it shall work here, the figures that prove it, and the check that holds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: str
    year: int | None
    area: str
    implements: str
    numbers: str
    check: str | None
    status: Literal["planned", "works", "out_of_scope"]

    @model_validator(mode="after")
    def _works_needs_a_check(self) -> Paper:
        if self.status == "works" and not self.check:
            raise ValueError(f"paper {self.key!r} works without a check; name the test that proves it")
        return self


@cache
def papers() -> tuple[Paper, ...]:
    """All rows, in the order of the file.

    >>> papers()[0].key
    'apc'
    """
    rows = YAML(typ="safe").load((files(__name__) / "papers.yaml").read_text("utf-8"))
    return tuple(Paper.model_validate(row) for row in rows)
