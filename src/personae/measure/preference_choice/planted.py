"""Questions whose answers are known, to try an agent – or the test itself – on: who uses the history, and who does not.

Every user states one arbitrary taste among idle talk; options are equal but for it, so no option-only floor can rise.
"""

from __future__ import annotations

import random

from personae.measure.preference_choice.item import PreferenceItem
from personae.measure.preference_choice.pairs import PersonaPair
from personae.types import Message

COLOURS = ("amber", "black", "coral", "green", "ivory", "lilac", "ochre", "white")
THINGS = ("chair", "coat", "door", "kite", "lamp", "mug", "rug", "tent")
IDLE = ("It rained again.", "The tram was late.", "I slept well.", "Lunch was fine.", "The cat is out.")


def planted_items(n: int, *, seed: int = 0) -> tuple[PreferenceItem, ...]:
    """`n` questions about a colour its user has named once; four options, the right one first.

    >>> one = planted_items(1)[0]
    >>> one.options[one.gold].split()[-1] in one.snippet, len(one.history)
    (True, 6)
    """
    rng = random.Random(seed)
    found = []
    for number in range(n):
        thing, colours = rng.choice(THINGS), rng.sample(COLOURS, 4)
        taste = f"For a {thing} I want {colours[0]} and nothing else."
        lines = [*IDLE]
        place = rng.randrange(len(lines) + 1)
        lines.insert(place, taste)
        found.append(
            PreferenceItem(
                f"planted-{number:05}",
                f"Which {thing} shall I take?",
                tuple(f"The {thing} in {colour}" for colour in colours),
                0,
                tuple(Message("user", line) for line in lines),
                taste,
                taste,
                f"user-{number:05}",
                {"type": thing},
                distance=len(lines) - place,
            )
        )
    return tuple(found)


def planted_pairs(n: int, *, seed: int = 0) -> tuple[PersonaPair, ...]:
    """`n` pairs of replies that differ in a colour only, of which the persona names the better one.

    >>> pair = planted_pairs(1)[0]
    >>> pair.better.split()[-1].rstrip(".") in pair.persona[0]
    True
    """
    rng = random.Random(seed)
    found = []
    for number in range(n):
        thing, (better, worse) = rng.choice(THINGS), rng.sample(COLOURS, 2)
        persona = (f"Wants a {thing} in {better} only.", *rng.sample(IDLE, 2))
        texts = (f"Take the {thing} in {better}.", f"Take the {thing} in {worse}.")
        tier = ("easy", "medium", "hard")[number % 3]
        question = f"Which {thing} suits me?"
        found.append(PersonaPair(f"planted-{number:05}", question, *texts, persona, tier, user=f"user-{number:05}"))
    return tuple(found)
