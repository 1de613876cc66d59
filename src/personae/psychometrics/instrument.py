"""What an instrument is: items with keys, one response scale, where it comes from and what may be done with it.

The key lives here as data, never in a prompt and never in code. `coding` says what the numbers of an answer file mean:
"raw" is agreement with the wording, "scored" is agreement turned by the key already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from personae.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

Key = Literal[1, -1, 0]
Coding = Literal["raw", "scored"]
Level = Literal["domain", "facet"]


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence to agree or disagree with.

    id:      what answers are joined by, never the place in a file.
    text:    the sentence; "" where only the key is ours to give and no text was loaded.
    domain:  the scale it belongs to; "" where it belongs to none.
    key:     +1 where agreeing speaks for the domain, -1 where it speaks against, 0 where it is not scored.
    facet:   the narrower scale, "" without one.
    also:    other wordings of the same item, for paraphrase sensitivity.
    effects: weights on several axes, for maps such as 8values; then `domain` is "" and `key` 0.
    """

    id: str
    text: str
    domain: str = ""
    key: Key = 1
    facet: str = ""
    also: tuple[str, ...] = ()
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """A response scale: points `low` … `high`, one label for each, from least to most agreement.

    >>> Response(("no", "unsure", "yes")).points
    (1, 2, 3)
    >>> Response(("no", "unsure", "yes")).turned(1)
    3
    """

    labels: tuple[str, ...]
    low: int = 1

    def __post_init__(self) -> None:
        plain = [" ".join(label.split()).casefold() for label in self.labels]
        if len(plain) < 2 or not all(plain) or len(set(plain)) < len(plain):
            raise UsageError(f"a response scale needs two or more different labels; got {list(self.labels)!r}")

    @property
    def high(self) -> int:
        """The highest point."""
        return self.low + len(self.labels) - 1

    @property
    def points(self) -> tuple[int, ...]:
        """The point of each label."""
        return tuple(range(self.low, self.high + 1))

    @property
    def middle(self) -> float:
        """Where somebody stands who leans neither way."""
        return (self.low + self.high) / 2

    def turned(self, answer: float) -> float:
        """The answer to a sentence that says the opposite: low + high - answer."""
        return self.low + self.high - answer


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms the item texts stand, and whether they may be part of a package."""

    name: str
    may_ship: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: the keys of its scored items, +1 or -1, by item id."""

    name: str
    keys: Mapping[str, Key]
    level: Level = "domain"


@dataclass(frozen=True)
class Instrument:
    """Items, keys, response scale, source and licence. Frozen; two equal ones score equal answers equally.

    Raises `UsageError` for an id used twice, a key that is not +1, -1 or 0, and an instrument without items.

    >>> short = Instrument(
    ...     "two", (Item("a", "I like parties.", "E"), Item("b", "I keep quiet.", "E", -1)),
    ...     Response(("no", "unsure", "yes")), licence=Licence("MIT", may_ship=True),
    ... )
    >>> short.item("b").key, short.scale("E").keys["b"], short.keyed("b", 1)
    (-1, -1, 3)
    """

    id: str
    items: tuple[Item, ...]
    response: Response
    licence: Licence
    version: str = "1"
    lang: str = "en"
    title: str = ""
    source: str = ""
    coding: Coding = "raw"
    names: Mapping[str, str] = field(default_factory=dict)  # of domains and facets: {"E": "extraversion"}

    def __post_init__(self) -> None:
        ids = [item.id for item in self.items]
        if not ids:
            raise UsageError(f"the instrument {self.id!r} has no items")
        if twice := {id for id in ids if ids.count(id) > 1} if len(set(ids)) < len(ids) else ():
            raise UsageError(f"the instrument {self.id!r} has the item {min(twice)!r} more than once")
        if odd := [item for item in self.items if item.key not in (1, -1, 0)]:
            raise UsageError(f"the item {odd[0].id!r} has the key {odd[0].key!r}; a key is +1, -1 or 0 (not scored)")
        object.__setattr__(self, "_by_id", {item.id: item for item in self.items})

    @staticmethod
    def load(name: str, data: Path | str | None = None, lang: str = "en") -> Instrument:
        """The instrument of that name, or in that file; see `personae.psychometrics.library.load`."""
        from personae.psychometrics.library import load

        return load(name, data, lang)

    def item(self, id: str) -> Item:
        """The item of that id. Raises `UsageError` that names the nearest one."""
        found: Mapping[str, Item] = self.__dict__["_by_id"]
        if id not in found:
            raise UsageError(f"{self.id!r} has no item {id!r}{nearest(id, list(found))}")
        return found[id]

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains with scored items, in the order of their first item."""
        return tuple(dict.fromkeys(item.domain for item in self.items if item.domain and item.key))

    @property
    def scales(self) -> tuple[Scale, ...]:
        """One scale per domain, then one per facet."""
        found: dict[tuple[Level, str], dict[str, Key]] = {("domain", name): {} for name in self.domains}
        found |= {("facet", item.facet): {} for item in self.items if item.facet and item.key}
        for item in self.items:
            for level, name in (("domain", item.domain), ("facet", item.facet)):
                if item.key and name:
                    found[level, name][item.id] = item.key  # type: ignore[index]
        return tuple(Scale(name, keys, level) for (level, name), keys in found.items())

    def scale(self, name: str) -> Scale:
        """The scale of that name. Raises `UsageError` that names the nearest one."""
        for scale in self.scales:
            if scale.name == name:
                return scale
        raise UsageError(f"{self.id!r} has no scale {name!r}{nearest(name, [each.name for each in self.scales])}")

    def name_of(self, scale: str) -> str:
        """The word for a scale: "extraversion" for "E"; the scale's own name where none was given."""
        return self.names.get(scale, scale)

    def keyed(self, id: str, answer: float) -> float:
        """An answer as points for the item's domain: turned where the key is -1 and the coding is raw."""
        turn = self.item(id).key == -1 and self.coding == "raw"
        return self.response.turned(answer) if turn else answer

    @property
    def sha256(self) -> str:
        """A checksum of what scores answers: ids, texts, domains, facets, keys, effects, labels, low point, coding."""
        lines = [
            "|".join(
                (item.id, item.domain, item.facet, f"{item.key:+d}", item.text, repr(sorted(item.effects.items())))
            )
            for item in sorted(self.items, key=lambda item: item.id)
        ]
        head = "|".join((*self.response.labels, str(self.response.low), self.coding))
        return hashlib.sha256("\n".join([head, *lines]).encode()).hexdigest()


def nearest(name: str, known: list[str]) -> str:
    """ "; did you mean 'x'?" for the end of an error line, or "" where nothing is near."""
    found = get_close_matches(name, known, 1)
    return f"; did you mean {found[0]!r}?" if found else ""
