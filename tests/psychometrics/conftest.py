"""Released answers of people and models, by item id."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path

import pytest

from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.library import key
from personae.psychometrics.people import Person, read_people

_LETTERS = [chr(97 + place) for place in range(26)] + ["a" + chr(97 + place) for place in range(18)]


@pytest.fixture
def papi(data_dir: Path) -> tuple[Person, ...]:
    """200 people × 300 items, stored reverse-scored, 27 answers missing (0 in the file)."""
    return read_people(data_dir / "papi-300/first-200.json", key("ipip-neo-300"), missing=[0])


@pytest.fixture
def personallm(data_dir: Path) -> list[dict[str, float | None]]:
    """320 replies to the 44 items, read by letter."""
    people: list[dict[str, float | None]] = []
    with (data_dir / "personallm/bfi_gpt-3.5-turbo-0613.jsonl").open(encoding="utf-8") as file:
        for line in file:
            said = dict(re.findall(r"^\s*\((\w+)\)\s*(\d)", json.loads(line)["annotation"], re.MULTILINE))
            people.append({str(n): float(said[letter]) for n, letter in enumerate(_LETTERS, 1)})
    return people


@pytest.fixture
def bfi25() -> Instrument:
    """The 25 items of the 2,800 people: domain and key; no sentence is needed."""
    turned = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}
    items = [f"{domain}{number}" for domain in "ACENO" for number in range(1, 6)]
    return Instrument(
        "bfi-25",
        tuple(Item(id, "", id[0], -1 if id in turned else 1) for id in items),
        Response(tuple(f"point {n}" for n in range(1, 7))),
        Licence("test only"),
    )


@pytest.fixture
def bfi25_people(data_dir: Path, bfi25: Instrument) -> tuple[Person, ...]:
    """2,800 people, raw answers 1–6."""
    return _people(data_dir / "psychtools/bfi.csv", tuple(item.id for item in bfi25.items))


@cache
def _people(path: Path, items: tuple[str, ...]) -> tuple[Person, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple({id: float(row[id]) if row[id] else None for id in items} for row in csv.DictReader(file))
