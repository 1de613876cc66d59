"""What to ask next, without any training: past users who answered alike say what an answer would tell of the rest.

Every answer multiplies a past user's weight by .95 where it is that user's own answer and by .05 where it is not; the
next question is the one whose answer is expected to lower the summed entropy of all attributes still unknown the most.
(PEP, 2026)
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError

SAME, OTHER = 0.95, 0.05  #: PEP: weight of a past user whose answer is the same, or another
UNKNOWN = 0.5  #: …or not known: the mean of both, so that it speaks neither way
MIN_USERS = 4  #: PEP: an attribute fewer past users have is dropped
MIN_SHARE = 0.10  #: PEP: so is one that fewer of them have
HELD_OUT = 0.10  #: PEP: share of the users of a task that are new ones
SPLIT_SEED = 42

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PastUsers:
    """Past users × attributes. `levels[a]` are the answers attribute a may have, `table[u, a]` one's index or −1."""

    attributes: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    table: npt.NDArray[np.int16]

    @property
    def n(self) -> int:
        """How many past users there are."""
        return len(self.table)

    def index(self, attribute: str) -> int:
        """The place of an attribute. Raises UsageError for one it does not know."""
        if attribute not in self.attributes:
            raise UsageError(
                f"no past user has the attribute {attribute!r}; known are {', '.join(self.attributes[:20])}"
            )
        return self.attributes.index(attribute)

    @property
    def starts(self) -> tuple[int, ...]:
        """Where the columns of each attribute begin in `one_hot`, and where the last one ends."""
        return tuple(int(start) for start in np.cumsum([0, *map(len, self.levels)]))

    def one_hot(self) -> Floats:
        """Users × all levels of all attributes: 1 where the user gave that answer."""
        columns = [self.table[:, a, None] == np.arange(len(names)) for a, names in enumerate(self.levels)]
        return np.concatenate(columns, axis=1).astype(np.float64)


def past_users(
    records: Sequence[Mapping[str, str]], *, min_users: int = MIN_USERS, min_share: float = MIN_SHARE
) -> PastUsers:
    """Past users from their answers by attribute; attributes too few users have are dropped.

    Raises UsageError for no records, or where no attribute is left.

    >>> past = past_users([{"length": "short", "jokes": "no"}] * 5 + [{"length": "long"}] * 3)
    >>> past.attributes, past.levels[1], past.n
    (('jokes', 'length'), ('long', 'short'), 8)
    """
    if not records:
        raise UsageError("there are no past users; the policy learns from them alone")
    counts = Counter(attribute for record in records for attribute in record)
    kept = sorted(a for a, count in counts.items() if count >= min_users and count >= min_share * len(records))
    if not kept:
        raise UsageError(
            f"no attribute is known of {min_users} past users and {min_share:.0%} of them; give more users"
        )
    levels = tuple(tuple(sorted({record[a] for record in records if a in record})) for a in kept)
    places = [{name: index for index, name in enumerate(names)} for names in levels]
    table = [[places[a][record[name]] if name in record else -1 for a, name in enumerate(kept)] for record in records]
    return PastUsers(tuple(kept), levels, np.array(table, dtype=np.int16))


def split_users(
    users: Sequence[str], task: str, *, seed: int = SPLIT_SEED, held_out: float = HELD_OUT
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The users of one task as past ones and new ones, 90 to 10, by the task's name and the seed; sorted ids.

    >>> past, new = split_users([f"u{n}" for n in range(20)], "essays")
    >>> len(past), len(new), set(past) & set(new)
    (18, 2, set())
    """
    order = sorted(set(users))
    if len(order) < 2:
        raise UsageError(f"{len(order)} users cannot be split; give two or more")
    random.Random(f"{seed}/{task}").shuffle(order)
    new = max(1, round(held_out * len(order)))
    return tuple(sorted(order[new:])), tuple(sorted(order[:new]))


class QuestionPolicy(Protocol):
    """Which attribute to ask for next; None when there is none left."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def __call__(self, past: PastUsers, answers: Mapping[str, str], /) -> str | None:
        """The next attribute, given the answers so far."""
        ...


@dataclass(frozen=True, slots=True)
class InformationGain:
    """Asks for what is expected to tell most of the attributes still unknown; the first of equals."""

    name: str = "gain"

    def __call__(self, past: PastUsers, answers: Mapping[str, str], /) -> str | None:
        """The attribute with the largest expected drop."""
        drops = expected_drops(past, answers)
        return max(drops, key=lambda attribute: drops[attribute]) if drops else None


@dataclass(frozen=True)
class AtRandom:
    """Asks for any attribute not asked yet; the control."""

    rng: random.Random = field(default_factory=lambda: random.Random(0))
    name: str = "random"

    def __call__(self, past: PastUsers, answers: Mapping[str, str], /) -> str | None:
        """Any attribute that is left."""
        left = [attribute for attribute in past.attributes if attribute not in answers]
        return self.rng.choice(left) if left else None


def weights(past: PastUsers, answers: Mapping[str, str]) -> Floats:
    """The weight of each past user after these answers; they sum to 1. An answer nobody gave speaks for nobody."""
    found = np.full(past.n, 1.0 / past.n)
    for attribute, answer in answers.items():
        index = past.index(attribute)
        if answer not in past.levels[index]:
            continue
        given = past.table[:, index]
        found *= np.where(given < 0, UNKNOWN, np.where(given == past.levels[index].index(answer), SAME, OTHER))
        found /= found.sum()
    return found


def expected_drops(past: PastUsers, answers: Mapping[str, str]) -> dict[str, float]:
    """By attribute not asked yet: how far its answer is expected to lower the summed entropy (nats) of the others."""
    one_hot, starts = past.one_hot(), past.starts
    now = weights(past, answers)
    left = [a for a, name in enumerate(past.attributes) if name not in answers]
    before = _entropies(now @ one_hot, starts)
    drops = {}
    for a in left:
        others = [b for b in left if b != a]
        given = past.table[:, a]
        likely = _shares(now @ one_hot[:, starts[a] : starts[a + 1]])
        factors = np.array(
            [
                np.where(given < 0, UNKNOWN, np.where(given == level, SAME, OTHER))
                for level in range(len(past.levels[a]))
            ]
        )
        after = (factors * now) @ one_hot
        left_over = sum(p * _entropies(row, starts)[others].sum() for p, row in zip(likely, after, strict=True))
        drops[past.attributes[a]] = float(before[others].sum() - left_over)
    return drops


def predicted(past: PastUsers, answers: Mapping[str, str]) -> dict[str, str]:
    """The likeliest answer to every attribute not asked yet, from past users who answered alike."""
    mass, starts = weights(past, answers) @ past.one_hot(), past.starts
    return {
        name: past.levels[a][int(np.argmax(mass[starts[a] : starts[a + 1]]))]
        for a, name in enumerate(past.attributes)
        if name not in answers
    }


def _shares(mass: Floats) -> Floats:
    total = mass.sum()
    return mass / total if total > 0 else np.full(len(mass), 1.0 / len(mass))


def _entropies(mass: Floats, starts: Sequence[int]) -> Floats:
    """The entropy of each attribute, given the mass of each of its levels."""
    found = np.empty(len(starts) - 1)
    for a in range(len(found)):
        shares = _shares(mass[starts[a] : starts[a + 1]])
        positive = shares[shares > 0]
        found[a] = -float((positive * np.log(positive)).sum())
    return found
