"""What an expansion is made of: five relation slots, facts in them, and the role that proposes facts.

The five relations are those of PeaCoK (2023).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from personae.files import bundled
from personae.persona.parts import Span, Statement
from personae.persona.statements import person_of, statement_id

Slot = Literal["characteristic", "routine", "goal", "experience", "relationship"]
SLOTS: tuple[Slot, ...] = get_args(Slot)

#: The kind a fact of a slot gets, so that measures find distractors for it.
KIND_OF_SLOT: Mapping[Slot, str] = {
    "characteristic": "personality",
    "routine": "habit",
    "goal": "goal",
    "experience": "event",
    "relationship": "relationship",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence in the first person that probably holds, too. `source` is the statement it was drawn from."""

    text: str
    slot: Slot
    source: Statement
    confidence: float = 1.0

    def statement(self, id: str | None = None) -> Statement:
        """The fact as a statement of origin "expanded"; its `source` names the statement it came from.

        >>> tea = Statement(id="s1", text="I like tea.")
        >>> made = Fact("I own too many cups.", "characteristic", tea).statement()
        >>> made.origin, made.source.section, made.slot
        ('expanded', 'statements.s1', 'characteristic')
        """
        return Statement(
            id=id or statement_id(self.text),
            text=self.text,
            kind=KIND_OF_SLOT[self.slot],
            person=person_of(self.text),
            slot=self.slot,
            source=Span(section=f"statements.{self.source.id}", start=0, end=len(self.source.text)),
            origin="expanded",
            confidence=self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Dropped:
    """A fact that may not stay: why, beside which sentence, and the number that decided."""

    fact: Fact
    reason: Literal["contradicts", "repeats"]
    against: str
    value: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """Facts for one statement; `missing` counts the calls that gave none, by outcome."""

    facts: tuple[Fact, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)


class Propose(Protocol):
    """Thinks of facts that may hold where a statement does. They are not checked yet."""

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language the facts are in."""
        ...

    async def __call__(self, statement: Statement) -> Proposed:
        """Facts in any of the slots, the best of each slot first."""
        ...


def texts(name: str) -> Any:
    """One of the YAML files of this room."""
    return bundled(__package__, f"texts/{name}.yaml")
