"""Groups that differ in how divided they are: balanced over the entropy of what their members answered in private."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from personae.errors import UsageError

#: People in a group (Persona Inconstancy, 2024).
SIZE = 5
#: With population shares, an answer this improbable (−ln p) is not the population's, and its member stays out.
MOST_SURPRISE = 0.5


def entropy_bits(counts: Iterable[int]) -> float:
    """How divided people are: the entropy of their answers' shares, in bits.

    >>> [round(entropy_bits(parts), 3) for parts in partitions(5)]
    [0.0, 0.722, 0.971, 1.371, 1.522, 1.922, 2.322]
    """
    numbers = [count for count in counts if count]
    total = sum(numbers)
    if total < 1 or min(numbers) < 0:
        raise UsageError(f"counts {numbers!r} of nobody have no entropy")
    return abs(math.fsum(-n / total * math.log2(n / total) for n in numbers))


@cache
def partitions(size: int) -> tuple[tuple[int, ...], ...]:
    """The ways in which `size` people may be divided, largest camp first, from united to all alone.

    >>> partitions(3)
    ((3,), (2, 1), (1, 1, 1))
    """
    if size < 1:
        raise UsageError(f"a group of {size!r} cannot be divided")

    def ways(left: int, most: int) -> Iterable[tuple[int, ...]]:
        if left == 0:
            yield ()
        for first in range(min(left, most), 0, -1):
            for rest in ways(left - first, first):
                yield (first, *rest)

    return tuple(sorted(ways(size, size), key=lambda parts: (entropy_bits(parts), [-part for part in parts])))


def speaks_for(population_share: float | None) -> bool:
    """Whether a member's answer is what its population says: −ln p < .5; always, where the share is not known.

    >>> speaks_for(0.61), speaks_for(0.60), speaks_for(0.0), speaks_for(None)
    (True, False, False, True)
    """
    return population_share is None or (population_share > 0 and -math.log(population_share) < MOST_SURPRISE)


def form(answers: Mapping[str, str], *, size: int = SIZE, seed: int = 0) -> tuple[tuple[str, ...], ...]:
    """Groups of `size` names, no name in two of them, spread evenly over the entropies that the answers allow.

    answers: name → letter. Each group takes the way of being divided that was used least so far and can still be
    had, one of equals by chance; who comes into it is chance. Names that fill no group stay out.
    Raises UsageError for a size below 2.

    >>> sorted(len(set(group)) for group in form(dict(zip("abcdefghij", "AAAAABBBCC"))))
    [5, 5]
    """
    if size < 2:
        raise UsageError(f"a group of {size!r} has nobody to talk to; give 2 or more")
    rng = random.Random(f"{seed}/{size}")
    pools: dict[str, list[str]] = {}
    for name in sorted(answers):
        pools.setdefault(answers[name], []).append(name)
    for pool in pools.values():
        rng.shuffle(pool)
    used = Counter[tuple[int, ...]]()
    groups = []
    while ways := _possible(pools, size):
        least = min(used[parts] for parts in ways)
        parts = rng.choice([parts for parts in ways if used[parts] == least])
        used[parts] += 1
        groups.append(_taken(pools, parts, rng))
    return tuple(groups)


def with_member(
    answers: Mapping[str, str], member: str, *, size: int = SIZE, turn: int = 0, seed: int = 0
) -> tuple[str, ...] | None:
    """One group that `member` is in, divided in the `turn`-th of the ways that can be had; None where there are too
    few people.

    The ways are gone through in order as `turn` grows, and with each the place of the member, so that over many
    questions the member is as often of the majority as of a minority.

    >>> people = dict(zip("abcdefgh", "AABBBCCC"))
    >>> [len(with_member(people, "a", size=3, turn=turn)) for turn in range(3)]
    [3, 3, 3]
    """
    if member not in answers:
        raise UsageError(f"{member!r} has no answer; nobody can be grouped with it")
    rng = random.Random(f"{seed}/{turn}/{member}")
    own = [name for name in sorted(answers) if answers[name] == answers[member] and name != member]
    others: dict[str, list[str]] = {}
    for name in sorted(answers):
        if answers[name] != answers[member]:
            others.setdefault(answers[name], []).append(name)
    for pool in (own, *others.values()):
        rng.shuffle(pool)
    choices = [
        (camp, rest)
        for parts in partitions(size)
        for camp in sorted(set(parts))
        for rest in [_without(parts, camp)]
        if camp - 1 <= len(own) and _fits(others, rest)
    ]
    if not choices:
        return None
    camp, rest = choices[turn % len(choices)]
    group = [member, *own[: camp - 1], *_taken(others, rest, rng)]
    rng.shuffle(group)
    return tuple(group)


def _possible(pools: Mapping[str, Sequence[str]], size: int) -> list[tuple[int, ...]]:
    return [parts for parts in partitions(size) if _fits(pools, parts)]


def _fits(pools: Mapping[str, Sequence[str]], parts: Sequence[int]) -> bool:
    """Can the camps be filled from different pools? The largest from the largest, and so on."""
    sizes = sorted(map(len, pools.values()), reverse=True)
    return len(sizes) >= len(parts) and all(have >= need for have, need in zip(sizes, parts, strict=False))


def _taken(pools: dict[str, list[str]], parts: Sequence[int], rng: random.Random) -> tuple[str, ...]:
    """People taken out of the pools, camp by camp, largest first; each camp from a pool that leaves the rest
    possible."""
    group: list[str] = []
    free = dict(pools)
    for place, need in enumerate(parts):
        rest = parts[place + 1 :]
        fine = [
            letter
            for letter in sorted(free)
            if len(free[letter]) >= need and _fits({k: v for k, v in free.items() if k != letter}, rest)
        ]
        letter = rng.choice(fine)
        group += [free[letter].pop() for _ in range(need)]
        del free[letter]
    rng.shuffle(group)
    return tuple(group)


def _without(parts: tuple[int, ...], camp: int) -> tuple[int, ...]:
    at = parts.index(camp)
    return parts[:at] + parts[at + 1 :]
