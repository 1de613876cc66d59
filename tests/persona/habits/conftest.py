"""The thirty hand-written habits."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from personae.persona.habits import HabitSchema


class Known(NamedTuple):
    fact: str
    asked: str
    schema: HabitSchema


@pytest.fixture(scope="session")
def thirty() -> list[Known]:
    rows = YAML(typ="safe").load((Path(__file__).parent / "data" / "thirty.yaml").read_text("utf-8"))
    return [
        Known(
            row["fact"],
            row["asked"],
            HabitSchema(row["e"], *(tuple(row[key]) for key in "bsagp")),
        )
        for row in rows
    ]
