"""Claims that are so or not so whatever world a persona lives in: each factual one beside a counterfactual twin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.json_text import printable
from personae.persona.formats.yaml_nodes import compose

MAX_BYTES = 5 * MEGABYTE
#: How a twin is made of a fact.
By = Literal["negation", "swap"]

_NEGATED = re.compile(r"\b(?:not|no|never|nobody|nothing|none|cannot|without|\w+n['’]t)\b", re.IGNORECASE)
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that somebody says. `twin` is the sentence of its pair that is so where this is not, and vice versa.

    >>> Claim("ice", "Ice is hot.", "Ice is cold.", so=False).id
    'ice-twin'
    """

    pair: str
    text: str
    twin: str
    so: bool

    @property
    def id(self) -> str:
        """The pair's id, and which of the two it is."""
        return f"{self.pair}-{'fact' if self.so else 'twin'}"

    @property
    def negated(self) -> bool:
        """Does it deny something, so that a bare yes could mean either?

        >>> Claim("ice", "Ice is not cold.", "Ice is cold.", so=False).negated
        True
        """
        return _NEGATED.search(self.text) is not None


def own_claims() -> tuple[Claim, ...]:
    """Our 46 pairs, English: 18 by a swapped part, 28 by a negation.

    >>> claims = own_claims()
    >>> len(claims), sum(claim.so for claim in claims)
    (92, 46)
    """
    return _own()


def load_claims(path: Path | str) -> tuple[Claim, ...]:
    """The claims of a file, YAML or JSON, the fact of each pair before its twin.

        claims: 1
        pairs:
          - {id: ice, by: swap, fact: Ice is cold., twin: Ice is hot.}

    Raises FormatError with file, key and reason, UnsafeFile where reading would be unsafe.
    """
    source = Path(path)
    data = read_limited(source, MAX_BYTES)
    if source.suffix.lower() == ".json":
        return _claims(parse_json(data, source.name), source.name)
    return _claims(compose(decode_text(data, source.name), source.name).plain(), source.name)


@cache
def _own() -> tuple[Claim, ...]:
    return load_claims(Path(str(files(__package__) / "texts" / "claims.en.yaml")))


def _claims(tree: Any, name: str) -> tuple[Claim, ...]:
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r} holds no claims; such a file begins with `claims: 1`")
    pairs = validated(ClaimFile, tree, name).pairs
    return tuple(
        claim
        for pair in pairs
        for claim in (Claim(pair.id, pair.fact, pair.twin, True), Claim(pair.id, pair.twin, pair.fact, False))
    )


def _plain(value: Any) -> Any:
    return " ".join(printable(value).split()) if isinstance(value, str) else value


def _id(value: Any) -> Any:
    if isinstance(value, str) and not _ID.fullmatch(value):
        raise ValueError(f"{value!r} is no id; use up to 60 small letters, digits, - and _")
    return value


Sentence = Annotated[str, BeforeValidator(_plain), Field(min_length=3, max_length=400)]


class Pair(BaseModel):
    """A fact and its twin in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, BeforeValidator(_id)]
    fact: Sentence
    twin: Sentence
    by: By

    @model_validator(mode="after")
    def _differ(self) -> Pair:
        if self.fact.casefold() == self.twin.casefold():
            raise ValueError(f"fact and twin of {self.id!r} are the same sentence")
        return self


class ClaimFile(BaseModel):
    """A file of claims."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claims: Literal[1]
    language: Literal["en"] = "en"
    pairs: tuple[Pair, ...] = Field(min_length=1, max_length=5000)

    @model_validator(mode="after")
    def _ids_differ(self) -> ClaimFile:
        ids = [pair.id for pair in self.pairs]
        if len(set(ids)) < len(ids):
            twice = next(id for place, id in enumerate(ids) if id in ids[:place])
            raise ValueError(f"two pairs have the id {twice!r}")
        return self
