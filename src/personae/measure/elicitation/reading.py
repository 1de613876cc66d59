"""Needs from set files – attributes with levels, users who hold them, questions on which they weigh – and our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.elicitation.need import Marks, Need, Want
from personae.persona.formats.decode import decode_text, validated
from personae.persona.formats.yaml_nodes import compose

MAX_BYTES = 5 * MEGABYTE

Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Words = Annotated[tuple[Text, ...], Field(max_length=100)]


@dataclass(frozen=True)
class NeedSet:
    """Needs, the levels each user holds by attribute, how an attribute is asked for, and what past users said."""

    needs: tuple[Need, ...]
    levels: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, str]
    past: tuple[Mapping[str, str], ...]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Level(_Shape):
    says: Text
    shows: Words = ()
    spoils: Words = ()
    least_words: int = Field(0, ge=0, le=10_000)
    most_words: int | None = Field(None, ge=1, le=10_000)


class _Attribute(_Shape):
    asks: Text
    cues: Words = ()
    levels: Annotated[dict[Text, _Level], Field(min_length=2, max_length=20)]


class _Question(_Shape):
    id: Text
    text: Text
    answer: Text | None = None
    weights: Annotated[dict[Text, float], Field(min_length=1, max_length=100)]


class _Set(_Shape):
    needs: Literal[1]
    attributes: Annotated[dict[Text, _Attribute], Field(min_length=1, max_length=100)]
    users: Annotated[dict[Text, dict[Text, Text]], Field(min_length=1, max_length=10_000)]
    questions: Annotated[tuple[_Question, ...], Field(min_length=1, max_length=10_000)]
    past: Annotated[tuple[dict[Text, Text], ...], Field(max_length=100_000)] = ()


def load_needs(path: Path | str) -> NeedSet:
    """A set file (.yaml, `needs: 1`): every user is put every question. Raises FormatError with file and key."""
    source = Path(path)
    tree = compose(decode_text(read_limited(source, MAX_BYTES), source.name), source.name).plain()
    if not isinstance(tree, dict):
        raise FormatError(f"{source.name!r} is no set of needs; it begins with `needs: 1`")
    read = validated(_Set, tree, source.name)
    for who, levels in [*read.users.items(), *((f"past {number}", held) for number, held in enumerate(read.past))]:
        _check_levels(read, who, levels, source.name)
    try:
        needs = tuple(_need(read, user, each) for user in read.users for each in read.questions)
    except UsageError as error:
        raise FormatError(f"{source.name!r}: {error}") from error
    if len({need.id for need in needs}) < len(needs):
        raise FormatError(f"{source.name!r}: a question's id is there twice; give each its own")
    return NeedSet(needs, read.users, {name: each.asks for name, each in read.attributes.items()}, read.past)


def own_needs() -> NeedSet:
    """The needs that come with the toolkit: five people we invented, four questions each.

    >>> len(own_needs().needs), len(own_needs().past)
    (20, 16)
    """
    with as_file(files(__package__) / "texts" / "own.en.yaml") as source:
        return load_needs(source)


def _check_levels(read: _Set, who: str, levels: Mapping[str, str], name: str) -> None:
    for attribute, level in levels.items():
        known = read.attributes.get(attribute)
        if known is None or level not in known.levels:
            raise FormatError(
                f"{name!r}: {who!r} holds {attribute!r}: {level!r}, which is no level of an attribute there"
            )


def _need(read: _Set, user: str, question: _Question) -> Need:
    wants = []
    for attribute, weight in question.weights.items():
        held = read.users[user].get(attribute)
        if held is None:
            raise UsageError(f"{user!r} holds no level of {attribute!r}, which weighs on {question.id!r}")
        about = read.attributes[attribute]
        level = about.levels[held]
        marks = Marks(level.shows, level.spoils, level.least_words, level.most_words)
        wants.append(Want(attribute, level.says, weight, about.cues, marks))
    return Need(f"{user}/{question.id}", question.text, tuple(wants), question.answer, user)
