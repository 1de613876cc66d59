"""The graph of contradictions between facts, and which of them is looked at first. No model here.

Follows the refinement of CAFFEINE (Commonsense-augmented Memory Construction and Management, 2024).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

#: Two facts conflict from this P(contradiction) on, in either direction (spec 2.9).
EDGE = 0.8


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """An edge between two facts, named by their ids with `first` < `second`; its weight is P(contradiction)."""

    first: str
    second: str
    weight: float

    @property
    def pair(self) -> frozenset[str]:
        """The two ids."""
        return frozenset((self.first, self.second))


def conflicts_of(weights: Mapping[tuple[str, str], float], *, edge: float = EDGE) -> tuple[Conflict, ...]:
    """The edges among directed scores (premise id, hypothesis id) → P(contradiction), sorted by id.

    A pair is an edge if either direction reaches `edge`; the larger of the two is its weight.

    >>> conflicts_of({("b", "a"): 0.9, ("a", "b"): 0.1, ("a", "c"): 0.7})
    (Conflict(first='a', second='b', weight=0.9),)
    """
    found: dict[tuple[str, str], float] = {}
    for (one, other), weight in weights.items():
        if one != other and weight >= edge:
            ends = (min(one, other), max(one, other))
            found[ends] = max(weight, found.get(ends, 0.0))
    return tuple(Conflict(*ends, weight) for ends, weight in sorted(found.items()))


def priorities(conflicts: Iterable[Conflict]) -> dict[Conflict, tuple[float, int]]:
    """For each edge its score, the weights at both ends without its own, and the sum of both ends' degrees.

    score(u, v) = Σ weights at u + Σ weights at v − 2·w(u, v) + w(u, v): an edge is counted at both of its ends, and
    is taken away once.

    >>> chain = [Conflict("a", "b", 0.95), Conflict("b", "c", 0.85), Conflict("c", "d", 0.90)]
    >>> [round(score, 2) for score, _ in priorities(chain).values()]
    [1.8, 2.7, 1.75]
    """
    edges = tuple(conflicts)
    strength: dict[str, float] = {}
    degree: dict[str, int] = {}
    for edge in edges:
        for node in (edge.first, edge.second):
            strength[node] = strength.get(node, 0.0) + edge.weight
            degree[node] = degree.get(node, 0) + 1
    return {
        edge: (
            round(strength[edge.first] + strength[edge.second] - edge.weight, 9),
            degree[edge.first] + degree[edge.second],
        )
        for edge in edges
    }


def first_of(conflicts: Iterable[Conflict]) -> Conflict:
    """The edge to look at next: the highest score, then the larger degree sum, then the lowest ids.

    >>> first_of([Conflict("c", "d", 0.9), Conflict("a", "b", 0.9)]).first
    'a'
    """
    scored = priorities(conflicts)
    return min(scored, key=lambda edge: (-scored[edge][0], -scored[edge][1], edge.first, edge.second))


def without(conflicts: Iterable[Conflict], gone: Iterable[str]) -> tuple[Conflict, ...]:
    """The graph after some nodes have left it."""
    left = frozenset(gone)
    return tuple(edge for edge in conflicts if not edge.pair & left)


def pairs_to_score(ids: Iterable[str], new: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """All ordered pairs of ids, in sorted order; with `new`, only those that hold at least one of the new ids.

    >>> list(pairs_to_score(["b", "a"]))
    [('a', 'b'), ('b', 'a')]
    """
    ordered = sorted(set(ids))
    fresh = frozenset(ordered if new is None else new)
    return ((a, b) for a in ordered for b in ordered if a != b and (a in fresh or b in fresh))
