"""Pairs from invented characters (`characters/*.yaml`), in our own words.

They show how literary, chatty and formal voices say what they are, what they are not, and nothing at all.

Of one character no two statements contradict or entail each other, so whatever it says for one leaves the others open.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ruamel.yaml import YAML

from personae.train.pair_scorer.persona_pairs import FOLDER, Pair
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

#: Of the many pairs that leave each other open so many are drawn per statement.
OPEN_PER_STATEMENT = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A statement, the same in other words, a reply it follows from, a statement and a reply that shut it out, and a
    reply on the same matter that leaves both open."""

    says: str
    reworded: str
    reply: str
    otherwise: str
    against: str
    beside: str


@dataclass(frozen=True, slots=True)
class Character:
    """Who speaks, their lines, and talk that says nothing of them."""

    who: str
    statements: tuple[Line, ...]
    talk: tuple[str, ...]


@cache
def characters() -> tuple[Character, ...]:
    """Every character of the folder, file by file."""
    read = YAML(typ="safe").load
    return tuple(
        Character(one["who"], tuple(Line(**line) for line in one["statements"]), tuple(one["talk"]))
        for file in sorted((FOLDER / "characters").glob("*.yaml"))
        for one in read(file.read_text(encoding="utf-8"))
    )


def character_pairs(rng: random.Random, among: Sequence[Character] | None = None) -> list[Pair]:
    """Pairs of all characters; equal generators give equal pairs. The source is `characters: RULE`."""
    made = []
    for one in characters() if among is None else among:
        made += [pair for line in one.statements for pair in _said_and_denied(line, one, rng)]
        unrelated = list(_left_open(one))
        made += rng.sample(unrelated, min(len(unrelated), OPEN_PER_STATEMENT * len(one.statements)))
    return [Pair(pair.premise, pair.hypothesis, pair.label, f"characters: {pair.source}") for pair in made]


def _said_and_denied(line: Line, one: Character, rng: random.Random) -> Iterable[Pair]:
    longer = f"{rng.choice(one.talk)} {line.reply}"
    for premise, hypothesis in (
        (line.says, line.reworded), (line.reworded, line.says), (line.reply, line.says), (line.reply, line.reworded),
        (longer, line.says),
    ):  # fmt: skip
        yield Pair(premise, hypothesis, ENTAILMENT, "said")
    for premise, hypothesis in (
        (line.says, line.otherwise), (line.otherwise, line.says), (line.reply, line.otherwise),
        (line.against, line.says), (line.against, line.reworded), (longer, line.otherwise),
    ):  # fmt: skip
        yield Pair(premise, hypothesis, CONTRADICTION, "shut out")
    for hypothesis in (line.says, line.otherwise):
        yield Pair(line.beside, hypothesis, NEUTRAL, "beside")


def _left_open(one: Character) -> Iterable[Pair]:
    """What is said for one statement, for two, or for none, beside another statement."""
    for first, second in itertools.permutations(one.statements, 2):
        for premise in (first.says, first.reply, first.beside):
            yield Pair(premise, second.says, NEUTRAL, "same speaker")
        third = next(line for line in one.statements if line not in (first, second))
        yield Pair(f"{first.reply} {third.reply}", second.says, NEUTRAL, "same speaker")
    for talk, line in itertools.product(one.talk, one.statements):
        yield Pair(talk, line.says, NEUTRAL, "talk")
        yield Pair(talk, line.otherwise, NEUTRAL, "talk")
