"""Simulated users: who they are in prose, how long they like replies, what they talk about, what they let slip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_limited

MAX_BYTES = MEGABYTE


@dataclass(frozen=True)
class Fact:
    """Something the user may mention; the question that asks for it, and the words a right answer holds."""

    text: str
    question: str
    answer: str


@dataclass(frozen=True)
class User:
    """Somebody who chats and rates. `persona` is prose, `words` the length of reply they like."""

    name: str
    persona: str
    words: int
    topics: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    answer: Annotated[str, Field(min_length=1)]


class _User(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1)]
    persona: Annotated[str, Field(min_length=1)]
    words: Annotated[int, Field(ge=1, le=5000)]
    topics: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    facts: list[_Fact] = []


@cache
def own_users() -> tuple[User, ...]:
    """Ours.

    >>> [user.name for user in own_users()]
    ['Odile', 'Tobi', 'Mirela', 'Ferran']
    """
    return _users(bundled(__package__, "texts/users.en.yaml"), "our users")


def read_users(path: Path | str) -> tuple[User, ...]:
    """The users in a YAML list of name, persona, words, topics and facts. Raises FormatError for anything else."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    data = read_limited(path, MAX_BYTES)
    try:
        tree = YAML(typ="safe").load(BytesIO(data))
    except (YAMLError, ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no YAML: {str(error).splitlines()[0]}") from error
    return _users(tree, repr(str(path)))


def _users(tree: object, where: str) -> tuple[User, ...]:
    try:
        listed = TypeAdapter(list[_User]).validate_python(tree)
    except ValidationError as error:
        first = error.errors()[0]
        raise FormatError(f"{where}: {'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}") from error
    if not listed or len({one.name for one in listed}) < len(listed):
        raise FormatError(f"{where} holds {len(listed)} users, or two of one name; give one or more, named apart")
    return tuple(
        User(
            one.name,
            one.persona.strip(),
            one.words,
            tuple(one.topics),
            tuple(Fact(fact.text, fact.question, fact.answer) for fact in one.facts),
        )
        for one in listed
    )
