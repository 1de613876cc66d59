"""What a profile is made of: fields, entries, proposed changes, and rows of the change log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from personae.files import bundled
from personae.memory.retrieval.words import terms

Owner = Literal["user", "persona"]
Polarity = Literal["likes", "dislikes", "avoids", "requires"]
Op = Literal["add", "update", "retract", "confirm"]

POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
NEGATIVE: frozenset[str] = frozenset({"avoids", "dislikes"})
#: A value of more characters is no entry of a profile but a text.
MAX_VALUE = 200
#: So many sources stand beside an entry; what is said again every day would fill a profile otherwise.
MOST_SOURCES = 8

#: Whose, which field, which polarity, and the stems of the value: entries that agree in these say the same.
Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing believed of somebody.

    key:        a field of the schema (`fields()`), as "preferences.things".
    polarity:   None for a plain fact.
    strength:   how strongly it was put, 0 … 1; confidence: how sure the reading is, 0 … 1.
    first_seen, last_seen: ISO 8601 times of the first and the latest source.
    sources:    ids of turns it was read from, at least one: of many the first and the latest, the log has all.

    >>> Entry("user", "preferences.things", "fish", "avoids", "2026-01-02", "2026-01-02", ("D1:3",)).sentence
    'I avoid fish.'
    """

    owner: Owner
    key: str
    value: str
    polarity: Polarity | None
    first_seen: str
    last_seen: str
    sources: tuple[str, ...]
    strength: float = 0.5
    confidence: float = 0.8

    @property
    def identity(self) -> Identity:
        """What makes two entries say the same."""
        return (self.owner, self.key, self.polarity or "", " ".join(stems(self.value)))

    @property
    def sentence(self) -> str:
        """The entry as a sentence of the one it is about."""
        table = _texts()
        if self.polarity:
            return str(table["polarity"][self.polarity].format(value=self.value))
        return _sentence_case(str(table["fields"][self.key]["says"].format(value=self.value.rstrip("."))))


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal: this was said at `at` in the turns `sources`. With `retract` it was said to hold no longer."""

    key: str
    value: str
    sources: tuple[str, ...]
    at: str
    polarity: Polarity | None = None
    owner: Owner = "user"
    strength: float = 0.5
    confidence: float = 0.8
    retract: bool = False

    def entry(self) -> Entry:
        """What is believed if nothing else was known."""
        return Entry(
            self.owner,
            self.key,
            self.value,
            self.polarity,
            self.at,
            self.at,
            self.sources,
            self.strength,
            self.confidence,
        )


@dataclass(frozen=True, slots=True)
class LogRow:
    """One change of a profile: when, which, what stood there and what stands there now, and the turns it rests on.

    `said` is the proposal behind it.
    """

    time: str
    op: Op
    old: Entry | None
    new: Entry | None
    sources: tuple[str, ...]
    said: Change | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What was believed until `until`, and the turns that ended it."""

    entry: Entry
    until: str
    ended_by: tuple[str, ...]


@lru_cache(10_000)
def stems(value: str) -> tuple[str, ...]:
    """The sorted, distinct stems of a value; its lower-case text where no stem is left.

    >>> stems("Climbing roses")
    ('climb', 'rose')
    """
    return tuple(sorted(set(terms(value)))) or (" ".join(value.lower().split()),)


def fields() -> tuple[str, ...]:
    """The keys an entry may have, in the order of the schema."""
    return tuple(_texts()["fields"])


@cache
def single(key: str) -> bool:
    """Does this field hold one value at a time?

    >>> single("demographics.lives_in"), single("facts.open")
    (True, False)
    """
    return bool(_texts()["fields"][key].get("single"))


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _texts() -> Any:
    return bundled(__package__, "texts/fields.en.yaml")
