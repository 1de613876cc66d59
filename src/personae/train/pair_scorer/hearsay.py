"""A first-person statement told of somebody else, of one or of several, plainly or as something heard."""

from __future__ import annotations

import random
import re
from functools import cache

from personae.persona.perspective import to_third_person
from personae.train.pair_scorer.persona_pairs import talk

_WOMEN = ("sister", "mother", "aunt", "girlfriend", "wife", "daughter", "grandmother", "niece", "stepmother")
_POSSESSIVE = {"she": "her", "he": "his"}
_PLURAL = {
    "i": "they", "i'm": "they're", "i've": "they've", "i'll": "they'll", "i'd": "they'd", "my": "their",
    "me": "them", "mine": "theirs", "myself": "themselves", "am": "are", "was": "were",
}  # fmt: skip
_HEARD = (
    "{who} told me that {told}", "{who} says {told}", "{who} mentioned that {told}", "{who} swears that {told}",
    "{who} wrote to me that {told}", "{who} admitted once that {told}",
)  # fmt: skip


def told_of_another(statement: str, rng: random.Random) -> str | None:
    """The statement with somebody else as its subject; None where it does not speak of the speaker.

    >>> told_of_another("i keep two goats.", random.Random(7)), told_of_another("it rains.", random.Random(0))
    ('she told me that she keeps two goats.', None)
    """
    if not re.search(r"\b(?:i|my|me)\b", statement):
        return None
    draw = rng.random()
    if draw < 0.2:
        return _of_several(statement, rng.choice(talk()["several"]))
    who, pronoun = rng.choice(_others())
    if draw < 0.45:
        subject = pronoun if rng.random() < 0.5 else who
        return rng.choice(_HEARD).format(who=subject, told=_of_one(statement, pronoun, pronoun))
    if draw < 0.6:
        return to_third_person(statement, rng.choice(talk()["names"]), pronoun)
    return _of_one(statement, pronoun if rng.random() < 0.15 else who, pronoun)


def _of_one(statement: str, who: str, pronoun: str) -> str:
    if who != pronoun:
        return to_third_person(statement, who, pronoun)
    told = to_third_person(statement, "somebody", pronoun)
    return told.replace("somebody's", _POSSESSIVE[pronoun]).replace("somebody", pronoun)


def _of_several(statement: str, who: str) -> str:
    told = re.sub(r"[a-z']+", lambda word: _PLURAL.get(word[0], word[0]), statement)
    return re.sub(r"\b(they|their)\b", lambda word: who if word[0] == "they" else f"{who}'", told, count=1)


@cache
def _others() -> tuple[tuple[str, str], ...]:
    """Who else may be spoken of, with pronouns."""
    kin = [(f"my {name}", "she" if name in _WOMEN else "he") for name in sorted({*talk()["kin"], *_WOMEN})]
    return (*kin, *((who, pronoun) for who in talk()["strangers"] for pronoun in ("she", "he")))
