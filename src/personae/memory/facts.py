"""A remembered fact, and how it stands to other facts. It is replaced, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from personae.persona.parts import Statement

Origin = Literal["given", "extracted", "invented", "expanded"]

#: From the best founded to the least. What was stated stands above what was only thought out.
AUTHORITY: tuple[Origin, ...] = ("given", "extracted", "invented", "expanded")
#: Origins that win over an expansion without a question: somebody said so.
STATED: frozenset[Origin] = frozenset({"given", "extracted"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence about somebody.

    `origin` is that of `personae.persona.parts.Statement`. `sources` name where it was read (documents, turns),
    `fragments` are lines of the talk around it, `at` is an ISO 8601 time. `replaces` and `superseded_by` are ids of
    the facts it took the place of and of those that took its place; `beside` are ids of facts it was found, or
    decided, to stand beside although a scorer sees a contradiction.

    >>> Fact("f1", "I am a nurse.").active
    True
    """

    id: str
    text: str
    origin: Origin = "given"
    sources: tuple[str, ...] = ()
    fragments: tuple[str, ...] = ()
    at: str | None = None
    replaces: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Nothing has taken its place."""
        return not self.superseded_by


def fact_of(statement: Statement) -> Fact:
    """A persona's statement as a fact, its span as the source.

    >>> fact_of(Statement(id="s1", text="I am a nurse.", origin="expanded")).origin
    'expanded'
    """
    span = statement.source
    sources = (f"{span.section}:{span.start}-{span.end}",) if span else ()
    return Fact(statement.id, statement.text, statement.origin, sources, at=statement.valid_from)


def outranks(one: Fact, other: Fact) -> bool:
    """Is `one` stated and `other` only an expansion?

    >>> outranks(Fact("1", "I swim."), Fact("2", "I fear water.", "expanded"))
    True
    """
    return one.origin in STATED and other.origin == "expanded"


def weaker_origin(one: Fact, other: Fact) -> Origin:
    """The origin of what is made of both: no better founded than the less well founded of them."""
    return max(one.origin, other.origin, key=AUTHORITY.index)
