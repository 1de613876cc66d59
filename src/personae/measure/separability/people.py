"""People with assigned poles, the scores they got and the text they wrote; how such tables are read.

Scores are read from CSV: a long table (one trait a row, as PersonaLLM released it) or a wide one (one person a row, a
column per trait). Poles stand in one column as "E+A-C+N-O+" or "extr_anta_cons_emot_open", or in a column
`assigned_<trait>` each. Texts are read from JSON lines.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import nearest
from personae.psychometrics.trait_prompts import DOMAINS

MAX_BYTES = 256 * MEGABYTE

#: Words for poles as PersonaLLM's files have them: the first letters of each.
_CODES = {
    "extr": ("extraversion", True), "intr": ("extraversion", False),
    "agre": ("agreeableness", True), "anta": ("agreeableness", False),
    "cons": ("conscientiousness", True), "unco": ("conscientiousness", False),
    "neur": ("neuroticism", True), "emot": ("neuroticism", False),
    "open": ("openness", True), "clos": ("openness", False),
}  # fmt: skip
_SIGNS = re.compile(r"(?:[EACNO][+-])+")
_SIGN = re.compile(r"([EACNO])([+-])")
_MISSING = ("", "na", "nan", "none", "null")
_HIGH, _LOW = ("high", "1", "true", "yes", "+"), ("low", "0", "false", "no", "-")

GROUPS = ("personality_type", "persona_encoding", "poles", "group")
REPEATS = ("run", "iteration", "repeat", "fold", "author")
SCORES = ("mean_score", "score", "value", "sum_score")
TEXTS = ("text", "story", "annotation")
PREFIX = "assigned_"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with assigned poles (True is high). `group` and `repeat` say whose repeat this is; `scores` may lack
    traits; `text` is "" where nothing was written."""

    group: str
    repeat: str
    assigned: Mapping[str, bool]
    scores: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


def poles(code: str) -> dict[str, bool]:
    """The assigned pole of each trait, True for high. Raises `FormatError` for anything but the two ways to write it.

    >>> poles("E+N-"), poles("intr_open")
    ({'extraversion': True, 'neuroticism': False}, {'extraversion': False, 'openness': True})
    """
    said = code.strip()
    if _SIGNS.fullmatch(said):
        listed = [(DOMAINS[letter], sign == "+") for letter, sign in _SIGN.findall(said)]
    else:
        words = re.split(r"[\s_,;/+-]+", said.casefold())
        if odd := [word for word in words if word[:4] not in _CODES]:
            raise FormatError(f"{odd[0]!r} in {code!r} is no pole; write E+A-C+N-O+ or words such as extr_agre_…")
        listed = [_CODES[word[:4]] for word in words]
    found = dict(listed)
    if len(found) < len(listed):
        raise FormatError(f"{code!r} names a trait twice")
    return found


def read_scores(path: Path | str) -> tuple[Person, ...]:
    """The people of a CSV file of scores, without texts; in a long table the rows of one person are put together.

    In a wide table every row is a person; where nothing says which people are repeats of one prompt, everybody is a
    group of their own. Empty cells, and those that say NA, are missing scores. Raises `FormatError` that names the row
    for a file that is not such a table.
    """
    rows = list(_csv(path))
    if not rows:
        raise FormatError(f"{str(path)!r} has no rows of scores")
    return _long(rows, path) if "trait" in rows[0][1] else tuple(_wide(number, row, path) for number, row in rows)


def _long(rows: list[tuple[int, dict[str, str]]], path: Path | str) -> tuple[Person, ...]:
    """One trait a row: a person is a group and a repeat."""
    column = _one_of(rows[0][1], SCORES)
    if not column:
        raise FormatError(f"{str(path)!r} has a column 'trait' but none of {', '.join(SCORES)}")
    found: dict[tuple[str, str], tuple[dict[str, bool], dict[str, float | None]]] = {}
    for number, row in rows:
        group, repeat, assigned = _who(row, number, path)
        scores = found.setdefault((group or _signs(assigned), repeat), (assigned, {}))[1]
        trait = _trait(row["trait"])
        if trait in scores:
            raise FormatError(f"{str(path)!r} row {number}: a second {trait} of {group!r}, repeat {repeat!r}")
        scores[trait] = _number(row[column], number, path)
    return tuple(
        Person(group, repeat, assigned, {trait: value for trait, value in scores.items() if value is not None})
        for (group, repeat), (assigned, scores) in found.items()
    )


def _wide(number: int, row: dict[str, str], path: Path | str) -> Person:
    group, repeat, assigned = _who(row, number, path)
    cells = {trait: _number(cell, number, path) for trait, cell in _trait_cells(row, assigned).items()}
    scores = {trait: value for trait, value in cells.items() if value is not None}
    return Person(group or f"row {number}", repeat, assigned, scores)


def read_texts(path: Path | str, *, labelled: bool = True) -> tuple[Person, ...]:
    """The people of a JSON Lines file of texts, one text a line, without scores.

    A line has the poles (`poles`, `personality_type`, `persona_encoding`, or an object `assigned` or `labels` of trait
    → "high" or "low"), a `repeat` (or `iteration`, `run`, `author`), and a `text` (or `story`, `annotation`).
    Without `labelled`, lines may lack poles. Raises `FormatError`.
    """
    people = []
    for number, line in enumerate(_decoded(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            tree = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{str(path)!r} line {number} is no JSON: {line[:60]!r}") from error
        if not isinstance(tree, dict):
            raise FormatError(f"{str(path)!r} line {number} is no object: {line[:60]!r}")
        text = tree.get(_one_of(tree, TEXTS))
        if not isinstance(text, str):
            raise FormatError(f"{str(path)!r} line {number} has none of the texts {', '.join(TEXTS)}")
        given = tree.get("assigned", tree.get("labels"))
        flat = {key: str(value) for key, value in tree.items() if isinstance(value, str | int)}
        if isinstance(given, dict):
            flat |= {f"{PREFIX}{trait}": str(value) for trait, value in given.items()}
        group, repeat, assigned = _who(flat, number, path, labelled=labelled)
        people.append(Person(group or f"line {number}", repeat, assigned, text=text))
    if not people:
        raise FormatError(f"{str(path)!r} has no texts")
    return tuple(people)


def _who(
    row: Mapping[str, str], number: int, path: Path | str, *, labelled: bool = True
) -> tuple[str, str, dict[str, bool]]:
    """Group ("" where nothing says it), repeat and assigned poles of a row."""
    repeat = (row.get(_one_of(row, REPEATS)) or "").strip()
    group = (row.get(_one_of(row, GROUPS)) or "").strip()
    columns = [name for name in row if name.startswith(PREFIX)]
    if not labelled and not columns and not group:
        return "", repeat, {}
    try:
        assigned = {_trait(name.removeprefix(PREFIX)): _pole(row[name] or "") for name in columns} or poles(group)
    except FormatError as error:
        known = "" if group or columns else f"; its columns are {', '.join(row)}"
        raise FormatError(f"{str(path)!r} row {number}: {error}{known}") from error
    return group, repeat, assigned


def _signs(assigned: Mapping[str, bool]) -> str:
    return "".join(f"{trait}{'+' if high else '-'}" for trait, high in assigned.items())


def _trait(name: str) -> str:
    """A trait's name in small letters; that of a domain for its letter."""
    return DOMAINS.get(name.strip().upper(), name.strip().casefold())


def _pole(cell: str) -> bool:
    said = cell.strip().casefold()
    if said not in _HIGH + _LOW:
        raise FormatError(f"{cell!r} is neither high nor low")
    return said in _HIGH


def _trait_cells(row: Mapping[str, str], assigned: Mapping[str, bool]) -> dict[str, str]:
    """The cells of a wide row that hold scores: those under the name or the letter of an assigned trait."""
    names = {key.strip().casefold(): key for key in row}
    letters = {name: letter.casefold() for letter, name in DOMAINS.items()}
    found = {trait: names.get(trait, names.get(letters.get(trait, ""))) for trait in assigned}
    if lost := [trait for trait, key in found.items() if key is None]:
        raise FormatError(f"no column holds the scores of {lost[0]!r}{nearest(lost[0], list(names))}")
    return {trait: row[key] for trait, key in found.items() if key is not None}


def _number(cell: str | None, number: int, path: Path | str) -> float | None:
    if cell is None or cell.strip().casefold() in _MISSING:
        return None
    try:
        value = float(cell)
    except ValueError as error:
        raise FormatError(f"{str(path)!r} row {number}: the score {cell[:40]!r} is no number") from error
    if not math.isfinite(value):
        raise FormatError(f"{str(path)!r} row {number}: the score {cell[:40]!r} is not finite; leave it empty")
    return value


def _csv(path: Path | str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(_decoded(path)))
    try:
        for number, row in enumerate(reader, 2):
            if None in row:
                raise FormatError(f"{str(path)!r} row {number} has more cells than the header")
            yield number, {key: value or "" for key, value in row.items()}
    except csv.Error as error:
        raise FormatError(f"{str(path)!r} is no CSV: {error}") from error


def _decoded(path: Path | str) -> str:
    try:
        return read_limited(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{str(path)!r} is not UTF-8 (byte {error.start})") from error


def _one_of(names: Iterable[str], wanted: tuple[str, ...]) -> str:
    """The first wanted name that is there, or ""."""
    there = set(names)
    return next((name for name in wanted if name in there), "")
