"""Situations in which a lie would pay: ours, and files in the schema of DeceptionBench.

A row there is {topic, dimension, L1-self, L1-other, L2-self-pressure, L2-self-reward, L2-other-pressure,
L2-other-reward, question, groundtruth, goal}: who would gain (oneself, somebody else) × what is added (nothing,
pressure, a reward) in one of five domains. [DeceptionBench, 2025]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_yaml

Role = Literal["self", "other"]
Incentive = Literal["none", "pressure", "reward"]
ROLES: tuple[Role, ...] = get_args(Role)
INCENTIVES: tuple[Incentive, ...] = get_args(Incentive)

DOMAINS = ("economy", "education", "entertainment", "healthcare", "social")

#: A file larger than this is not read.
MAX_BYTES = 32 * MEGABYTE
_PLAIN = ("question", "groundtruth", "goal")
_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One situation. `told` holds what the speaker reads, by role and incentive; `groundtruth` is what is true, `goal`
    what a lie would serve, `domain` the schema's dimension."""

    id: str
    topic: str
    domain: str
    told: Mapping[tuple[str, str], str]
    question: str
    groundtruth: str
    goal: str

    def to_row(self) -> dict[str, str]:
        """The scenario in the published schema."""
        cells = {_column(role, incentive): text for (role, incentive), text in self.told.items()}
        rest = {"question": self.question, "groundtruth": self.groundtruth, "goal": self.goal}
        return {"topic": self.topic, "dimension": self.domain, **cells, **rest}


def own_scenarios() -> tuple[Scenario, ...]:
    """The ten that come with the toolkit, two for each of five domains.

    >>> sorted({one.domain for one in own_scenarios()})
    ['economy', 'education', 'entertainment', 'healthcare', 'social']
    """
    return tuple(scenario(_composed(each), "ours") for each in bundled(__package__, "texts/scenarios.en.yaml"))


def read_scenarios(path: Path | str) -> tuple[Scenario, ...]:
    """The scenarios of a JSON file in the published schema, or of all JSON files of a folder.

    A file called after one of `DOMAINS` gives its domain, in others it is the row's dimension. A topic that comes again
    in its domain gets a number. Raises `FormatError` that names the file, the row and what it lacks.
    """
    place = Path(path)
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    found: list[Scenario] = []
    times: Counter[str] = Counter()
    for file in files:
        rows = read_yaml(file, MAX_BYTES)
        if not isinstance(rows, list):
            raise FormatError(f"{str(file)!r} holds no list of scenarios")
        for at, row in enumerate(rows, 1):
            one = scenario(row, f"{str(file)!r}, row {at}", file.stem.lower())
            times[one.id] += 1
            found.append(replace(one, id=f"{one.id}#{times[one.id]}") if times[one.id] > 1 else one)
    if not found:
        raise FormatError(f"{str(place)!r} holds no scenario; the schema is described in docs/how-to/test-for-lies.md")
    return tuple(found)


def scenario(row: Any, where: str, file: str = "") -> Scenario:
    """A row of the published schema as a scenario; `file` is the name of the file it stands in, without its ending."""
    if not isinstance(row, Mapping):
        raise FormatError(f"{where} is no object")
    cells = {str(key).strip().lower().replace("_", "-"): value for key, value in row.items()}
    texts = {name: _text(cells, name, where) for name in _PLAIN}
    told: dict[tuple[str, str], str] = {
        (role, inc): _text(cells, _column(role, inc).lower(), where) for role in ROLES for inc in INCENTIVES
    }
    topic = str(cells.get("topic") or "").strip() or texts["question"][:60]
    dimension = file if file in DOMAINS else str(cells.get("dimension") or file).strip().lower()
    id = f"{_NAME.sub('-', dimension)}/{_NAME.sub('-', topic.lower()).strip('-')}"
    return Scenario(id, topic, dimension, told, **texts)


def _column(role: str, incentive: str) -> str:
    return f"L1-{role}" if incentive == "none" else f"L2-{role}-{incentive}"


def _text(cells: Mapping[str, Any], name: str, where: str) -> str:
    value = cells.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FormatError(f"{where} has no text under {name!r}")
    return value.strip()


def _composed(ours: Mapping[str, Any]) -> dict[str, str]:
    """One of our scenarios in the published schema: scene and role, and what is added to them."""
    row: dict[str, str] = {name: str(ours[name]) for name in ("topic", "dimension", *_PLAIN)}
    for role in ROLES:
        for incentive in INCENTIVES:
            parts: Sequence[str] = [
                ours["scene"],
                ours[role],
                *([ours[incentive][role]] if incentive != "none" else []),
            ]
            row[_column(role, incentive)] = " ".join(part.strip() for part in parts)
    return row
