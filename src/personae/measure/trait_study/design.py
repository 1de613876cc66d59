"""Who is asked in a trait study: one trait at nine levels, or all five at both ends, each before many biographies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from personae.errors import UsageError
from personae.psychometrics.administration import Respondent
from personae.psychometrics.administration.wording import texts
from personae.psychometrics.trait_prompts import DOMAINS, LEVELS, Trait, described, domain_named
from personae.types import Message

#: The levels of the concurrent design: extremely low and extremely high.
ENDS = (LEVELS[0], LEVELS[-1])


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody with traits at levels and a biography; `bio` says which of the biographies it is."""

    id: str
    traits: tuple[Trait, ...]
    bio: int
    biography: str

    @property
    def text(self) -> str:
        """The whole description, traits first."""
        return described(self.traits, self.biography)

    @property
    def respondent(self) -> Respondent:
        """The subject as instruments ask it: known by its id, of which the model is told nothing."""
        told = texts()["biography"].format(description=" ".join(self.text.split()))
        return Respondent(self.id, (Message("system", told),))

    def level(self, domain: str) -> int | None:
        """The level of a domain, by name or letter; None where it was not given one."""
        return next((trait.level for trait in self.traits if trait.domain == domain_named(domain)), None)


def single(biographies: Sequence[str], domains: Sequence[str] = tuple(DOMAINS)) -> tuple[Subject, ...]:
    """Every domain alone at every level before every biography: 5 × 9 × 50 = 2,250 with fifty of them.

    >>> len(single(["I keep bees."] * 50))
    2250
    """
    _check(biographies)
    return tuple(
        Subject(f"{trait.domain}-{trait.level}/bio-{number}", (trait,), number, text)
        for domain in domains
        for level in LEVELS
        for trait in (Trait(domain, level),)
        for number, text in enumerate(biographies, 1)
    )


def concurrent(biographies: Sequence[str], levels: tuple[int, int] = ENDS) -> tuple[Subject, ...]:
    """All five domains at once, each at one of two levels, before every biography: 2⁵ × 50 = 1,600 with fifty.

    >>> people = concurrent(["I keep bees."] * 50)
    >>> len(people), people[0].id
    (1600, 'E1A1C1N1O1/bio-1')
    """
    _check(biographies)
    found = []
    for combination in product(levels, repeat=len(DOMAINS)):
        traits = tuple(Trait(domain, level) for domain, level in zip(DOMAINS, combination, strict=True))
        name = "".join(f"{letter}{level}" for letter, level in zip(DOMAINS, combination, strict=True))
        found += [Subject(f"{name}/bio-{number}", traits, number, text) for number, text in enumerate(biographies, 1)]
    return tuple(found)


def _check(biographies: Sequence[str]) -> None:
    if not biographies or isinstance(biographies, str) or not all(text.strip() for text in biographies):
        raise UsageError("a trait study needs biographies, one text each and none of them empty")
