"""In which pieces a prompt is read, and which slot has read most of it already.

A number computed by llama.cpp depends a little on how many tokens are read with it. So a prompt is cut at fixed
places – the end of each message – and every piece is read by itself, with nothing beside it. A slot that has read the
first pieces goes on from there; one that has not reads them all, and arrives at the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pieces:
    """A prompt in tokens and the places where it is cut, ascending, each within 1 … len(tokens) − 1."""

    tokens: tuple[int, ...]
    cuts: tuple[int, ...]

    def shared(self, other: Pieces) -> int:
        """The last cut up to which both are read alike: equal tokens and equal cuts; 0 if there is none.

        >>> Pieces((1, 2, 3, 4), (2, 3)).shared(Pieces((1, 2, 9, 4), (2, 3)))
        2
        """
        last = 0
        for mine, theirs in zip(self.cuts, other.cuts, strict=False):
            if mine != theirs or self.tokens[last:mine] != other.tokens[last:mine]:
                break
            last = mine
        return last

    def other_than_next(self, cut: int) -> int:
        """A token that does not stand at the cut: read after it, it makes the slot end there next time."""
        following = self.tokens[cut]
        return next((token for token in self.tokens if token != following), following + 1)


@dataclass
class Slots:
    """What each slot holds."""

    count: int
    held: dict[int, Pieces] = field(default_factory=dict)

    def take(self, pieces: Pieces) -> tuple[int, int]:
        """The slot that shares most with these pieces, and up to where; else a free one, else the cheapest to lose.

        >>> slots = Slots(2)
        >>> [slots.take(Pieces((first, 2, last), (2,))) for first, last in ((1, 3), (7, 3), (1, 5))]
        [(0, 0), (1, 0), (0, 2)]
        """
        shared = {slot: pieces.shared(held) for slot, held in self.held.items()}
        best = max(shared, key=shared.__getitem__, default=None)
        if best is None or not shared[best]:
            free = [slot for slot in range(self.count) if slot not in self.held]
            best = free[0] if free else min(self.held, key=lambda slot: len(self.held[slot].tokens))
        self.held[best] = pieces
        return best, shared.get(best, 0)

    def forget(self, slot: int) -> None:
        """What the slot holds is not known any more."""
        self.held.pop(slot, None)


def cut_points(prompt: Sequence[int], starts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Where the prompt leaves each of the shorter prompts it grew from, one token before; and one before its end.

    >>> cut_points([1, 2, 3, 4, 5], [[1, 2, 3, 9]])
    (2, 4)
    """
    ends = {len(prompt) - 1}
    for start in starts:
        pairs = zip(start, prompt, strict=False)
        common = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(start), len(prompt)))
        ends.add(common - 1)
    return tuple(sorted(end for end in ends if end >= 1))
