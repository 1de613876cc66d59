"""What is put to somebody: ours, or the user's files in the formats in which such material is published.

dilemmas    YAML or JSON, a list (or a mapping with `dilemmas`): id, story (or scenario), question, for_yes, for_no
questions   YAML or JSON like ours (id, text, answers), or CSV with the columns Question and Answer (NOANSWER: none)
word sets   YAML or JSON like ours, JSON of sets with Sa, Sb, Xa, Xb, or CSV with category, dataset, A, B, C
            (A and B the targets; the first half of C goes with A)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited, read_yaml
from personae.measure.say_do.asking import texts
from personae.measure.say_do.association import WordSet
from personae.measure.say_do.honesty import Question
from personae.measure.say_do.sycophancy import Dilemma
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.shapes import InstrumentShape

MAX_BYTES = 8 * MEGABYTE
MOST = 5_000

#: How released question files say that a question has no answer.
UNANSWERABLE = "NOANSWER"

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]
Words = Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class _Dilemma(_Shape):
    id: Name
    story: Text = Field(validation_alias=AliasChoices("story", "scenario"))
    question: Text
    for_yes: str = Field("", max_length=2_000)
    for_no: str = Field("", max_length=2_000)


class _Question(_Shape):
    id: Name
    text: Text
    answers: Annotated[tuple[Name, ...], Field(max_length=50)] = ()


class _WordSet(_Shape):
    id: Name
    a: Words = Field(validation_alias=AliasChoices("a", "Sa"))
    b: Words = Field(validation_alias=AliasChoices("b", "Sb"))
    with_a: Words = Field(validation_alias=AliasChoices("with_a", "Xa"))
    with_b: Words = Field(validation_alias=AliasChoices("with_b", "Xb"))


S = TypeVar("S", bound=_Shape)


def dilemmas(path: Path | str | None = None) -> tuple[Dilemma, ...]:
    """The dilemmas of a file; ours without one. Raises `FormatError` for anything else.

    >>> len(dilemmas())
    14
    """
    tree = texts("dilemmas") if path is None else read_yaml(path, MAX_BYTES)
    return _distinct([Dilemma(**each.model_dump()) for each in _read(_Dilemma, _inner(tree, "dilemmas"), path)], path)


def questions(path: Path | str | None = None) -> tuple[Question, ...]:
    """The questions of a file; ours without one. Raises `FormatError` for anything else.

    >>> found = questions()
    >>> len(found), sum(not question.answers for question in found)
    (30, 10)
    """
    tree = texts("questions") if path is None else _questions_csv(path) if _is_csv(path) else read_yaml(path, MAX_BYTES)
    return _distinct(
        [Question(**each.model_dump()) for each in _read(_Question, _inner(tree, "questions"), path)], path
    )


def word_sets(path: Path | str | None = None) -> tuple[WordSet, ...]:
    """The word sets of a file; ours, about harmless things, without one. Raises `FormatError` for anything else.

    >>> [each.id for each in word_sets()][:2]
    ['flower-insect', 'summer-winter']
    """
    tree = texts("words") if path is None else _words_csv(path) if _is_csv(path) else read_yaml(path, MAX_BYTES)
    inner = _inner(tree, "sets")
    if isinstance(inner, Mapping):  # released: name → lists
        inner = [{"id": name, **each} for name, each in inner.items() if isinstance(each, Mapping)]
    try:
        return _distinct([WordSet(**each.model_dump()) for each in _read(_WordSet, inner, path)], path)
    except UsageError as error:
        raise FormatError(f"{str(path)!r}: {error}") from error


@cache
def claims() -> Instrument:
    """What somebody says of itself about just those things that the tasks show.

    >>> claims().domains
    ('cards', 'sycophancy', 'honesty', 'association')
    """
    return InstrumentShape.model_validate(texts("claims")).built()


def _questions_csv(path: Path | str) -> list[dict[str, Any]]:
    rows = _csv(path, ("question", "answer"))
    return [
        {
            "id": row.get("itemnumber") or str(at),
            "text": row["question"],
            "answers": () if row["answer"] in ("", UNANSWERABLE) else (row["answer"],),
        }
        for at, row in enumerate(rows, 1)
    ]


def _words_csv(path: Path | str) -> list[dict[str, Any]]:
    """Rows of a set carry its targets while they last, and its words; the first half of the words goes with A."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in _csv(path, ("category", "dataset", "a", "b", "c")):
        lists = found.setdefault(f"{row['category']}_{row['dataset']}", {"a": [], "b": [], "c": []})
        for name in lists:
            if row[name]:
                lists[name].append(row[name])
    sets = []
    for id, lists in found.items():
        half = len(lists["c"]) // 2
        sets.append(
            {"id": id, "a": lists["a"], "b": lists["b"], "with_a": lists["c"][:half], "with_b": lists["c"][half:]}
        )
    return sets


def _csv(path: Path | str, wanted: Sequence[str]) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(read_limited(path, MAX_BYTES).decode("utf-8-sig")), strict=True)
        head = [name.strip().lower() for name in reader.fieldnames or ()]
        rows = [{k: (v or "").strip() for k, v in zip(head, row.values(), strict=False)} for row in reader]
    except (csv.Error, UnicodeDecodeError, AttributeError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    if lacking := [name for name in wanted if name not in head]:
        raise FormatError(f"{str(path)!r} has no column {lacking[0]!r}; wanted are {', '.join(wanted)}")
    return [{name: row.get(name, "") for name in {*head, *wanted}} for row in rows]


def _inner(tree: Any, name: str) -> Any:
    return tree[name] if isinstance(tree, Mapping) and name in tree else tree


def _read(shape: type[S], tree: Any, path: Path | str | None) -> list[S]:
    if not isinstance(tree, list) or not 0 < len(tree) <= MOST:
        raise FormatError(f"{str(path)!r} cannot be used: it is no list of 1 to {MOST} entries")
    try:
        return [shape.model_validate(each) for each in tree]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(f"{str(path)!r} cannot be used: {place}: {first['msg']}") from error


Kind = TypeVar("Kind", Dilemma, Question, WordSet)


def _distinct(found: Sequence[Kind], path: Path | str | None) -> tuple[Kind, ...]:
    ids = [each.id for each in found]
    if len(set(ids)) < len(ids):
        raise FormatError(f"{str(path)!r} has the id {next(id for id in ids if ids.count(id) > 1)!r} twice")
    return tuple(found)


def _is_csv(path: Path | str) -> bool:
    return Path(path).suffix.lower() in (".csv", ".tsv")
