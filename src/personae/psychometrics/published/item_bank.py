"""The IPIP item bank: 36 instruments, 450 scales, read from `ipip-item-bank/` of the data folder and verified.

The released sheet keeps a sentence once where several instruments share it under one label, so some scales are shorter
than the ones their published alphas were found with; NEO is left with 185 of its 300 items and is called
"ipip-neo-part" here. A sentence that counts for two scales of one instrument is two items.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from personae.psychometrics.instrument import Instrument, Item, Key, Licence, Response
from personae.psychometrics.published.ipip_neo import LABELS
from personae.psychometrics.published.pins import pins, verify
from personae.psychometrics.published.reading import csv_rows

TABLE = Path("ipip-item-bank", "ipip_item_assignment_table.csv")
_PREFIX = "bank/"


class _Assigned(BaseModel):
    instrument: str = Field(min_length=1, max_length=100)
    alpha: str = Field("", max_length=100)
    key: Literal["1", "-1", "0"]
    text: str = Field(min_length=1, max_length=2_000)
    label: str = Field(min_length=1, max_length=100)


def names() -> tuple[str, ...]:
    """What the 36 instruments are called here: "ipip-bidr", "ipip-cat-pd", …"""
    return tuple(_sheet_names())


def name_of(sheet_name: str) -> str:
    """The name for an instrument of the sheet.

    >>> name_of("HEXACO_PI"), name_of("NEO")
    ('ipip-hexaco-pi', 'ipip-neo-part')
    """
    return "ipip-neo-part" if sheet_name == "NEO" else f"ipip-{_slug(sheet_name.removeprefix('IPIP-'))}"


def load(name: str, data: Path) -> Instrument:
    """The instrument of that name (one of `names()`).

    Its domains are the labels of the sheet; an item's id is its label and its place among the label's sentences in
    alphabetical order. Raises `FormatError` for a sheet that is not the published one; the first differing item of the
    instrument is named.
    """
    path = data / TABLE
    sheet_name = _sheet_names()[name]
    rows = numbered(_sheet(path).get(sheet_name, []))
    verify(f"{_PREFIX}{sheet_name}", lines(rows), path)
    return Instrument(
        name,
        tuple(Item(id, _text(row), row.label, _KEYS[row.key]) for id, row in rows.items()),
        Response(LABELS),
        Licence("public domain (IPIP)"),
        title=f"{sheet_name}, as the IPIP item bank has it",
        source="ipip.ori.org item assignment table (Tedone 2021), shared sentences kept once",
    )


def alphas(name: str, data: Path) -> dict[str, tuple[float, ...]]:
    """Published human alphas by scale, one per sample; scales whose cell holds no alpha ("1994", ".") are left out."""
    cells: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _sheet(data / TABLE).get(_sheet_names()[name], []):
        cells[row.label][row.alpha] = None
    found = {label: tuple(value for cell in those for value in _numbers(cell)) for label, those in cells.items()}
    return {label: values for label, values in found.items() if values}


def numbered(rows: Iterable[_Assigned]) -> dict[str, _Assigned]:
    """The rows of one instrument by item id, in the order of the ids."""
    by_label: dict[str, list[_Assigned]] = defaultdict(list)
    for row in rows:
        by_label[row.label].append(row)
    return {
        f"{_slug(label)}-{number:02d}": row
        for label, those in sorted(by_label.items())
        for number, row in enumerate(sorted(those, key=lambda row: (_text(row).casefold(), row.key)), 1)
    }


def lines(rows: dict[str, _Assigned]) -> dict[str, str]:
    """The lines the checksum of an instrument is made of."""
    return {id: f"{id}|{row.label}|{row.key}|{_text(row)}" for id, row in rows.items()}


def read_sheet(path: Path) -> dict[str, list[_Assigned]]:
    """The sheet's rows by instrument."""
    found: dict[str, list[_Assigned]] = defaultdict(list)
    for row in csv_rows(path, _Assigned):
        found[row.instrument].append(row)
    return dict(found)


def _sheet(path: Path) -> dict[str, list[_Assigned]]:
    """The sheet, read again only when the file has changed."""
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> dict[str, list[_Assigned]]:
    return read_sheet(path)


@cache
def _sheet_names() -> dict[str, str]:
    bank = sorted(name.removeprefix(_PREFIX) for name in pins() if name.startswith(_PREFIX))
    return dict(sorted((name_of(name), name) for name in bank))


def _text(row: _Assigned) -> str:
    return " ".join(row.text.split())


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _numbers(cell: str) -> list[float]:
    found = [float(part) for part in cell.split(",") if re.fullmatch(r"[01]?\.\d+", part.strip())]
    return [round(value, 3) for value in found if 0 < value < 1]


_KEYS: dict[str, Key] = {"1": 1, "-1": -1, "0": 0}
