"""Value items: ours, or those of a file.

about: basic values                      what they are about, for reports
intro: …                                 said once, before the scale
ready: …                                 what the person answers to it
scale: [very much like me, …]            labels from most to least
items:
  - {id: fun, value: hedonism, text: …, reversed: false}
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from personae.errors import FormatError
from personae.files import bundled, read_yaml

#: A file of items larger than this is not read.
MAX_BYTES = 1024 * 1024
FOLDER = "texts"

Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Item(_Plain):
    """One sentence, and the value it stands for; where it is `reversed`, agreeing speaks against the value."""

    id: Text
    text: Text
    value: Text
    reversed: bool = False


class Items(_Plain):
    """Items with one scale. `scale` runs from most to least; its first label counts most."""

    about: str = ""
    intro: Text
    ready: Text = "I am listening."
    scale: tuple[Text, ...] = Field(min_length=2, max_length=11)
    items: tuple[Item, ...] = Field(min_length=2, max_length=500)

    @model_validator(mode="after")
    def _distinct(self) -> Items:
        ids = [item.id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError(f"the id {next(id for id in ids if ids.count(id) > 1)!r} is used twice")
        if len(set(self.scale)) < len(self.scale):
            raise ValueError("two labels of the scale are the same")
        return self

    @property
    def values(self) -> tuple[str, ...]:
        """The values, in the order in which they first appear."""
        return tuple(dict.fromkeys(item.value for item in self.items))

    def points(self, item: Item) -> tuple[int, ...]:
        """Points of each label: as many as there are labels for the first, one for the last; turned where reversed.

        >>> own_items().points(own_items().items[0])
        (4, 3, 2, 1)
        """
        down = tuple(range(len(self.scale), 0, -1))
        return down[::-1] if item.reversed else down


def read_items(path: Path | str | None = None) -> Items:
    """The items of a YAML or JSON file; ours without one. Raises FormatError for a file that is not as above.

    >>> items = read_items()
    >>> len(items.items), len(items.values)
    (21, 10)
    """
    if path is None:
        return own_items()
    tree = read_yaml(path, MAX_BYTES)
    try:
        return Items.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(f"{str(path)!r} holds no value items: {place}: {first['msg']}") from error


@cache
def own_items() -> Items:
    """The items that come with the toolkit."""
    return Items.model_validate(bundled(__package__, "texts/items.en.yaml"))
