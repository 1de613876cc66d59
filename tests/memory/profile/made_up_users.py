"""Made-up users: twenty sessions, eight preferences, three of which turn round."""

from __future__ import annotations

import random

from personae.memory.turns import Scope, Turn

# fmt: off
THINGS = [
    "jazz", "opera", "chess", "tennis", "sailing", "pottery", "rugby", "ballet", "karaoke", "camping",
    "skiing", "surfing", "baking", "knitting", "fishing", "archery", "poker", "yoga", "boxing", "running",
]
# fmt: on


def history(seed: int) -> tuple[list[Turn], dict[str, str], dict[str, str]]:
    """Twenty sessions of a user with eight preferences, three of which turn round later."""
    rng = random.Random(seed)
    things = rng.sample(THINGS, 8)
    first = {thing: rng.choice(["likes", "dislikes"]) for thing in things}
    last = first | {thing: "avoids" if first[thing] == "likes" else "likes" for thing in things[:3]}
    words = {"likes": "I love {}.", "dislikes": "I can't stand {}.", "avoids": "I gave up {}."}
    lines = [(session, words[first[thing]].format(thing)) for session, thing in enumerate(things, 1)]
    lines += [(session, words[last[thing]].format(thing)) for session, thing in zip((12, 15, 19), things, strict=False)]
    said = dict(lines)
    where = Scope("keeper", f"user {seed}", "all")
    turns = []
    for session in range(1, 21):
        for at, text in enumerate(("Good evening.", said.get(session, "What a day it was."), "See you!"), 1):
            turns.append(Turn(f"D{session}:{at}", where, str(session), where.user, text, f"2026-01-{session:02}"))
    return turns, first, last
