"""Random people: an age, a place, a job, a trait, drawn independently: nothing but chance ties them together."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

from personae.files import bundled
from personae.persona.persona import Persona

_DRAWN = {"age": "ages", "gender": "genders", "place": "places", "home": "homes", "job": "jobs", "trait": "traits"}


@lru_cache(maxsize=8)
def random_people(n: int, *, seed: int = 0) -> tuple[Persona, ...]:
    """`n` different people; the same seed gives the same ones, and more of them begin with the same.

    >>> first, second = random_people(2), random_people(3)
    >>> first == second[:2], first[0].statements[2].kind
    (True, 'work')
    """
    lists = _lists()
    people: dict[tuple[str, ...], Persona] = {}
    rng = random.Random(f"people/{seed}")
    while len(people) < n:
        drawn = {key: rng.choice(lists[name]) for key, name in _DRAWN.items()}
        name = rng.choice(lists["names"])
        people.setdefault(tuple(drawn.values()), _person(name, drawn, lists["statements"]))
    return tuple(people.values())


def _person(name: str, drawn: dict[str, str], statements: list[dict[str, str]]) -> Persona:
    told = [{"id": each["kind"], "kind": each["kind"], "text": each["text"].format(**drawn)} for each in statements]
    return Persona.model_validate({"name": name, "statements": told})


def _lists() -> Any:
    return bundled(__package__, "texts/people.en.yaml")
