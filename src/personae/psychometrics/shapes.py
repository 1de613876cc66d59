"""An instrument as a YAML or JSON file; the shape of ours in own/, and of any a user writes.

id: big-five                             what it is called
version: 1
lang: en
title: …
source: …                                where it comes from
licence: {name: MIT, may_ship: true}
coding: raw
names: {E: extraversion, …}
response:
  low: 1
  labels: [very inaccurate, …]           from least to most agreement
items:
  - {id: e01, domain: E, facet: warmth, key: 1, text: …, also: [another wording of the same]}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_yaml
from personae.psychometrics.instrument import Instrument, Item, Licence, Response

#: A file of items larger than this is not read.
MAX_BYTES = 4 * MEGABYTE

Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=2_000)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class ItemShape(_Shape):
    """One item as it stands in a file."""

    id: Name
    text: Text = ""
    domain: str = Field("", max_length=100)
    facet: str = Field("", max_length=100)
    key: Literal[1, -1, 0]
    also: tuple[Text, ...] = Field((), max_length=20)
    effects: dict[Name, float] = Field(default_factory=dict)


class ResponseShape(_Shape):
    """The response scale as it stands in a file."""

    labels: tuple[Name, ...] = Field(min_length=2, max_length=101)
    low: int = 1


class LicenceShape(_Shape):
    """The licence as it stands in a file; without a word, texts may not ship."""

    name: Name
    may_ship: bool = False


class InstrumentShape(_Shape):
    """A whole file."""

    id: Name
    version: Name = "1"
    lang: Name = "en"
    title: Text = ""
    source: Text = ""
    licence: LicenceShape
    coding: Literal["raw", "scored"]
    names: dict[Name, Name] = Field(default_factory=dict)
    response: ResponseShape
    items: tuple[ItemShape, ...] = Field(min_length=1, max_length=10_000)

    def built(self) -> Instrument:
        """The instrument this file tells of."""
        return Instrument(
            self.id,
            tuple(Item(**item.model_dump()) for item in self.items),
            Response(self.response.labels, self.response.low),
            Licence(self.licence.name, self.licence.may_ship),
            version=self.version,
            lang=self.lang,
            title=self.title,
            source=self.source,
            coding=self.coding,
            names=self.names,
        )


def read_instrument(path: Path | str) -> Instrument:
    """The instrument of a YAML or JSON file. Raises `FormatError` that names the place, `UnsafeFile` above 4 MB."""
    tree = read_yaml(path, MAX_BYTES)
    try:
        return InstrumentShape.model_validate(tree).built()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(f"{str(path)!r} holds no instrument: {place}: {first['msg']}") from error
    except UsageError as error:
        raise FormatError(f"{str(path)!r} holds no instrument: {error}") from error
