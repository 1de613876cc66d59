"""From log-probabilities of options to one distribution, and to its bounds where options are missing from a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError

#: Options this close in probability share the answer.
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities of the options, scaled to 1 by one softmax.

    probs:     in the scale's own order; 0 for an option that is missing from a top-k list.
    mass:      what the options had together before they were scaled.
    expected:  Σ point · probability.
    low, high: where `expected` can lie when each missing option has between 0 and p_k; None when none is missing.
    best:      indices of the most probable option, several where they are equal.
    missing:   indices of the options that were not in the list.
    """

    probs: tuple[float, ...]
    mass: float
    expected: float
    best: tuple[int, ...]
    low: float | None = None
    high: float | None = None
    missing: tuple[int, ...] = ()


def shares(logprobs: Sequence[float], points: Sequence[float], *, p_k: float | None = None) -> Shares | None:
    """The distribution over options, or None where none has any probability.

    logprobs: natural logs, `-inf` for none. p_k: probability of the least likely entry of a top-k list; then an option
    at `-inf` is one that was not in the list and may have up to p_k. Without it `-inf` means impossible.

    >>> found = shares([math.log(0.6), math.log(0.3), -math.inf], [1, 2, 3], p_k=0.1)
    >>> round(found.mass, 3), round(found.expected, 3), round(found.low, 3), round(found.high, 3)
    (0.9, 1.333, 1.333, 1.5)
    """
    if len(logprobs) != len(points) or any(math.isnan(score) for score in logprobs):
        raise UsageError(f"{len(points)} points need as many log-probabilities, none of them NaN; got {logprobs!r}")
    top = max(logprobs)
    if top == -math.inf:
        return None
    weights = [math.exp(score - top) for score in logprobs]
    total = math.fsum(weights)
    probs = tuple(weight / total for weight in weights)
    mass = min(1.0, total * math.exp(top))
    expected = math.fsum(point * share for point, share in zip(points, probs, strict=True))
    best = tuple(index for index, share in enumerate(probs) if share >= max(probs) - TIE)
    missing = tuple(i for i, score in enumerate(logprobs) if score == -math.inf) if p_k is not None else ()
    if not missing or p_k is None:
        return Shares(probs, mass, expected, best)
    most = max(0.0, min(p_k, 1.0 - mass))
    known = [share * mass for share in probs]
    low = _bound(known, points, missing, most, sorted(missing, key=lambda i: points[i]), -1)
    high = _bound(known, points, missing, most, sorted(missing, key=lambda i: -points[i]), +1)
    return Shares(probs, mass, expected, best, min(low, expected), max(high, expected), missing)


def _bound(
    known: Sequence[float],
    points: Sequence[float],
    missing: Sequence[int],
    most: float,
    ordered: Sequence[int],
    sign: int,
) -> float:
    """The outermost mean: the missing options farthest out get p_k as long as that moves the mean outward."""
    mass = math.fsum(known)
    mean = math.fsum(point * share for point, share in zip(points, known, strict=True)) / mass
    for index in ordered:
        if sign * (points[index] - mean) <= 0:
            break
        mean = (mean * mass + points[index] * most) / (mass + most)
        mass += most
    return mean


def shares_of_top(
    top: Mapping[str, float], labels: Sequence[str], points: Sequence[float] | None = None
) -> Shares | None:
    """The distribution over labels from a top-k list of first tokens (token → natural-log probability).

    The tokens "B", " B", "b" and "(B" are one label: their probabilities add up. What is not in the list is missing.

    >>> found = shares_of_top({"1": -0.5, " 1": -3.0, "2": -2.0, "Well": -4.0}, ["1", "2", "3"])
    >>> [round(share, 3) for share in found.probs], found.missing
    ([0.829, 0.171, 0.0], (2,))
    """
    if not top:
        return None
    wanted = {_bare(label): index for index, label in enumerate(labels)}
    sums = [0.0] * len(labels)
    for token, logprob in top.items():
        index = wanted.get(_bare(token))
        if index is not None:
            sums[index] += math.exp(min(logprob, 0.0))
    logs = [math.log(value) if value > 0 else -math.inf for value in sums]
    return shares(logs, points or range(1, len(labels) + 1), p_k=math.exp(min(top.values())))


def _bare(token: str) -> str:
    return token.strip(" \t\n▁Ġ([{\"'*.):").casefold()
