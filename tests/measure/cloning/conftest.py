"""A small instrument, people who do not exist, and the released table with its split."""

from __future__ import annotations

from functools import cache

import pytest

from personae.measure.cloning import made_up_people, read_people, read_split
from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.library import key

LABELS = ("not at all", "hardly", "so-so", "mostly", "entirely")


@pytest.fixture
def short() -> Instrument:
    """Two domains of two facets with four items each, keys balanced."""
    items = tuple(
        Item(f"{domain}{facet}{n}", f"I do {domain} {facet} thing {n}", domain, 1 if n % 2 else -1, f"{domain}{facet}")
        for domain in "EA"
        for facet in "12"
        for n in range(1, 5)
    )
    return Instrument("short", items, Response(LABELS), Licence("MIT", may_ship=True))


@pytest.fixture
def crowd(short):
    return made_up_people(40, short, seed=1)


@pytest.fixture
def papi(data_dir):
    """The released people with the released split."""
    return _papi(data_dir / "papi-300")


@cache
def _papi(folder):
    about = key("ipip-neo-300")
    (table,) = folder.glob("first-*.json")
    return read_people(table, about), read_split(folder / "mpi_300_split.json", about)
