"""Who sits in a group: a persona, what it is called and what it is, and the population it is taken for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.simulate.groups.question import Question


@dataclass(frozen=True)
class Member:
    """A persona at the table. `identity` is what it may call itself, several things with semicolons between them
    ("Portuguese; harbour pilot"); `population` names the people whose shares on a question it is held to, if any.
    """

    persona: Persona
    identity: str = ""
    population: str | None = None

    @property
    def name(self) -> str:
        """The persona's name."""
        return self.persona.name

    @classmethod
    def of(cls, persona: Persona, questions: Iterable[Question] = ()) -> Member:
        """A persona as a member: occupation, gender, places and demographics are what it may call itself, and its
        population the one of the questions' that its region, origin or demographics name.

        >>> ana = Persona(name="Ana", identity={"occupation": "archivist", "region": "Porto"})
        >>> Member.of(ana, [Question("q", "?", ("A", "B"), {"Porto": (0.7, 0.3)})]).population
        'Porto'
        """
        own = persona.identity
        populations = {name.casefold(): name for question in questions for name in question.shares}
        places = [own.region, own.origin, *own.demographics.values()]
        known = (populations.get((place or "").casefold()) for place in places)
        facets = filter(None, (own.occupation, own.gender, own.region, own.origin, *own.demographics.values()))
        return cls(persona, "; ".join(facets), next((name for name in known if name), None))


def check(members: Sequence[Member], size: int) -> None:
    """Raise UsageError unless there are enough members for a group, each with a name of its own."""
    names = [member.name.casefold() for member in members]
    if len(names) < size:
        raise UsageError(f"{len(names)} members make no group of {size}; give more personas or a smaller size")
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two members are called {name!r}; give each a name of its own")
