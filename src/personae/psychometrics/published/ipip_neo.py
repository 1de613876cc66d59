"""IPIP-NEO-300 and -120 (Johnson's key): the key is here, the sentences come from `ipip-neo/` of the data folder.

Items are known by their number 1 … 300, in both lengths, and joined by it: the released table is not sorted. The 120
are the same sentences, so an answer to one form is an answer to the other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, Field
from ruamel.yaml import YAML

from personae.errors import FormatError, UsageError
from personae.psychometrics.instrument import Instrument, Item, Key, Licence, Response
from personae.psychometrics.published.pins import pins, verify
from personae.psychometrics.published.reading import csv_rows, json_rows

Length = Literal[300, 120]

#: The five agreement labels of the item pool.
LABELS = (
    "very inaccurate",
    "moderately inaccurate",
    "neither accurate nor inaccurate",
    "moderately accurate",
    "very accurate",
)

NAMES: Mapping[str, str] = {
    "N": "neuroticism", "E": "extraversion", "O": "openness", "A": "agreeableness", "C": "conscientiousness",
    "N1": "anxiety", "N2": "anger", "N3": "depression", "N4": "self-consciousness", "N5": "immoderation",
    "N6": "vulnerability", "E1": "friendliness", "E2": "gregariousness", "E3": "assertiveness", "E4": "activity level",
    "E5": "excitement-seeking", "E6": "cheerfulness", "O1": "imagination", "O2": "artistic interests",
    "O3": "emotionality", "O4": "adventurousness", "O5": "intellect", "O6": "liberalism", "A1": "trust",
    "A2": "morality", "A3": "altruism", "A4": "cooperation", "A5": "modesty", "A6": "sympathy", "C1": "self-efficacy",
    "C2": "orderliness", "C3": "dutifulness", "C4": "achievement-striving", "C5": "self-discipline",
    "C6": "cautiousness",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the key: number in the long form, number in the short form or None, facet, +1 or -1."""

    number: int
    short: int | None
    facet: str
    key: Key


class _Line(BaseModel):
    full: int = Field(ge=1, le=300)
    short: float | None = None
    facet_code: str
    sign: Literal["1", "-1"]
    item: str = Field(max_length=500)
    i_form: str = Field(max_length=500)


class _Question(BaseModel):
    text: str = Field(min_length=1, max_length=2_000)
    keyed: Literal["plus", "minus"]
    domain: Literal["N", "E", "O", "A", "C"]
    facet: int = Field(ge=1, le=6)


@cache
def entries(length: Length = 300) -> tuple[Entry, ...]:
    """The key, in the order the form asks its items: by number, or by the short form's own number.

    >>> sum(entry.key < 0 for entry in entries(120)), entries(120)[8]
    (55, Entry(number=99, short=9, facet='A2', key=-1))
    """
    with files(__package__).joinpath("ipip_neo.csv").open(encoding="utf-8") as file:
        rows = [
            Entry(int(row["number"]), int(row["short"]) if row["short"] else None, row["facet"], _key(row["key"]))
            for row in csv.DictReader(file)
        ]
    if length == 300:
        return tuple(rows)
    return tuple(sorted((entry for entry in rows if entry.short), key=lambda entry: cast(int, entry.short)))


@cache
def key(length: Length = 300) -> Instrument:
    """Keys and scales without sentences: enough to score answers, and needs no data folder."""
    return Instrument(
        f"ipip-neo-{length}",
        tuple(Item(str(entry.number), "", entry.facet[0], entry.key, entry.facet) for entry in entries(length)),
        Response(LABELS),
        Licence("public domain (IPIP); first-person wording CC-BY 4.0"),
        title=f"IPIP-NEO-{length}",
        source="ipip.ori.org; key by J. A. Johnson",
        names=NAMES,
    )


def load(length: Length, data: Path, lang: str = "en") -> Instrument:
    """The form with its sentences, verified against the pinned checksums.

    `lang` is one of `languages()`; only the short form has others than "en". Raises `UsageError` for a language there
    is none of, `FormatError` for a file that is not the published one (the first differing item is named).
    """
    if lang not in languages(length):
        raise UsageError(f"ipip-neo-{length} is not there in {lang!r}; it is in {', '.join(languages(length))}")
    folder = data / "ipip-neo"
    if lang == "en":
        return _with(key(length), _first_person(folder / "ipip_neo_300.csv"))
    translated = _with(key(120), _translated(folder / "languages" / lang / "questions.json", lang))
    return replace(
        translated,
        lang=lang,
        response=_labels(lang),
        licence=Licence("MIT (@bigfive-org/questions); items public domain (IPIP)"),
        version="1.3.3",
    )


def languages(length: Length = 120) -> tuple[str, ...]:
    """The languages there is a pinned text of: 39 for the short form, "en" for the long one."""
    if length == 300:
        return ("en",)
    prefix = "ipip-neo-120/"
    return tuple(name.removeprefix(prefix) for name in pins() if name.startswith(prefix))


def recipe(lines: Mapping[int, _Line], length: Length) -> dict[str, str]:
    """The lines the published checksums are made of: number, facet, sign, and the sentence in small letters."""
    return {
        str(number): f"{number}|{line.facet_code}|{'+' if line.sign == '1' else '-'}|{_bare(line.item)}"
        for number, line in sorted(lines.items())
        if length == 300 or line.short is not None
    }


def wording(lines: Mapping[int, _Line]) -> dict[str, str]:
    """The lines that stand for the first-person sentences."""
    return {str(number): f"{number}|{line.i_form.strip()}" for number, line in sorted(lines.items())}


def read_table(path: Path) -> dict[int, _Line]:
    """The released table by item number. Raises `FormatError` for a number used twice or a wrong number of items."""
    found: dict[int, _Line] = {}
    for line in csv_rows(path, _Line):
        if line.full in found:
            raise FormatError(f"{str(path)!r} has the item {line.full} more than once")
        found[line.full] = line
    if missing := sorted({entry.number for entry in entries()} - set(found)):
        raise FormatError(f"{str(path)!r} holds {len(found)} items instead of 300; the first missing is {missing[0]}")
    return found


def read_questions(path: Path) -> dict[str, str]:
    """A released translation: item number in the short form → the line that stands for it."""
    rows = json_rows(path, _Question)
    return {
        str(number): f"{number}|{row.domain}{row.facet}|{'+' if row.keyed == 'plus' else '-'}|{row.text.strip()}"
        for number, row in enumerate(rows, 1)
    }


def _first_person(path: Path) -> dict[int, str]:
    lines = read_table(path)
    for entry in entries():
        line = lines[entry.number]
        short = None if line.short is None else int(line.short)
        _agree(path, entry, line.facet_code, 1 if line.sign == "1" else -1)
        if short != entry.short:
            raise FormatError(
                f"{str(path)!r}: item {entry.number} is number {short} of the short form; it should be {entry.short}"
            )
    verify("ipip-neo-300", recipe(lines, 300), path)
    verify("ipip-neo-120", recipe(lines, 120), path)
    verify("ipip-neo-300 in first person", wording(lines), path)
    return {number: line.i_form.strip() for number, line in lines.items()}


def _translated(path: Path, lang: str) -> dict[int, str]:
    lines, short = read_questions(path), entries(120)
    if len(lines) != len(short):
        raise FormatError(f"{str(path)!r} holds {len(lines)} items instead of {len(short)}")
    found = {}
    for entry, line in zip(short, lines.values(), strict=True):
        _, facet, sign, text = line.split("|", 3)
        _agree(path, entry, facet, 1 if sign == "+" else -1)
        found[entry.number] = text
    verify(f"ipip-neo-120/{lang}", lines, path)
    return found


def _agree(path: Path, entry: Entry, facet: str, key: int) -> None:
    if (facet, key) != (entry.facet, entry.key):
        place = f"item {entry.number}" + (f" ({entry.short} of the short form)" if entry.short else "")
        raise FormatError(
            f"{str(path)!r}: {place} counts {key:+d} for {facet} there; the key says {entry.key:+d} for {entry.facet}"
        )


def _labels(lang: str) -> Response:
    """The five labels in the language, in our own translation; in English where we have none."""
    known = YAML(typ="safe", pure=True).load(files(__package__).joinpath("labels.yaml").read_text("utf-8"))
    return Response(tuple(known.get(lang, LABELS)))


def _with(form: Instrument, texts: Mapping[int, str]) -> Instrument:
    return replace(form, items=tuple(_filled(form, texts)))


def _filled(form: Instrument, texts: Mapping[int, str]) -> Iterator[Item]:
    return (replace(item, text=texts[int(item.id)]) for item in form.items)


def _bare(sentence: str) -> str:
    return sentence.strip().lower().removesuffix(".")


def _key(text: str) -> Key:
    return 1 if text == "1" else -1
