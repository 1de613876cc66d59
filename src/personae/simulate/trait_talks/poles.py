"""The ten poles that roles may be given: two for each trait of the Big Five."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from personae.errors import UsageError
from personae.persona.parts import BIG_FIVE
from personae.simulate.trait_talks.texts import texts

Sign = Literal["high", "low"]
SIGNS: tuple[Sign, Sign] = ("high", "low")


@dataclass(frozen=True, slots=True)
class Pole:
    """One end of a trait: its `name`, and how it `shows` in talk, as words after "somebody who"."""

    trait: str
    sign: Sign
    name: str
    shows: str


def pole(trait: str, sign: Sign, language: str = "en") -> Pole:
    """A pole by trait and sign. Raises UsageError for a trait that is none of the Big Five.

    >>> pole("neuroticism", "low").name
    'calm'
    """
    if trait not in BIG_FIVE or sign not in SIGNS:
        raise UsageError(
            f"there is no pole {sign!r} of {trait!r}; traits are {', '.join(BIG_FIVE)}, poles high and low"
        )
    told = texts("poles", language)[trait][sign]
    return Pole(trait, sign, told["name"], told["shows"])


def poles(traits: tuple[str, ...] = BIG_FIVE) -> tuple[Pole, ...]:
    """Both poles of each trait, high first."""
    return tuple(pole(trait, sign) for trait in traits for sign in SIGNS)
