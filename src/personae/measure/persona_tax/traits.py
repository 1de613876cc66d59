"""The eight characters a tax is taken for: each of the Big Five at a high level, and the three dark traits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.judges.asking import filled
from personae.psychometrics.instrument import nearest
from personae.psychometrics.trait_prompts import DOMAINS, trait_prompt
from personae.types import Message

BIG_FIVE = tuple(DOMAINS.values())
DARK = ("machiavellianism", "narcissism", "psychopathy")
TRAITS = (*BIG_FIVE, *DARK)

#: "very": strong, and still what a person might say.
LEVEL = 8


def character(trait: str, level: int = LEVEL) -> Message:
    """The system message that gives a trait; `level` (1 … 9) matters for the Big Five only.

    Raises `UsageError` that names the nearest trait.

    >>> character("narcissism").content[:72]
    'Answer as somebody who says of themselves: I know that I am more gifted '
    """
    if trait not in TRAITS:
        raise UsageError(f"no trait is called {trait!r}{nearest(trait, list(TRAITS))}; there are {', '.join(TRAITS)}")
    text = trait_prompt(trait, level) if trait in BIG_FIVE else _texts()["dark"][trait].strip()
    return Message("system", filled(_texts()["frame"], {"text": text}))


def claim(text: str) -> Message:
    """A sentence of a questionnaire as it is put to somebody."""
    return Message("user", filled(_texts()["claim"], {"text": text}))


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The traits by name, each checked; "all" for the eight, nothing for none.

    >>> chosen(["all"]) == TRAITS, chosen([])
    (True, ())
    """
    wanted = TRAITS if list(names) == ["all"] else tuple(dict.fromkeys(names))
    for name in wanted:
        character(name)
    return wanted


def _texts() -> Any:
    return bundled(__package__, "texts/traits.en.yaml")
