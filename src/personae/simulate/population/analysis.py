"""What matters about people: each attribute left out in turn, scores where attributes meet, and chances of k tries.

All of it works on scores at hand; how they were made – a critic, a proxy, a person – is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from personae.errors import UsageError
from personae.stats.intervals import Interval, mean_interval
from personae.stats.paired import PairedDifference, compare


@dataclass(frozen=True)
class Importance:
    """How much is lost without an attribute: score with all less score without it, paired by item."""

    attribute: str
    loss: PairedDifference


@dataclass(frozen=True)
class Group:
    """People who share values of several attributes; too few have a reason and no mean."""

    values: Mapping[str, str]
    mean: Interval
    reason: str | None = None


def leave_one_out(
    full: Mapping[str, float], without: Mapping[str, Mapping[str, float]], *, seed: int = 0
) -> tuple[Importance, ...]:
    """Attributes by what their absence costs, the dearest first; those without a common item come last.

    full:    item → score with all attributes (an item is a person and a question).
    without: attribute → item → score with it taken out. Items that one side lacks are counted as unpaired.

    >>> ranked = leave_one_out({"a": 1.0, "b": 1.0}, {"age": {"a": 1.0, "b": 1.0}, "job": {"a": 0.0, "b": 0.0}})
    >>> [(one.attribute, one.loss.difference) for one in ranked]
    [('job', 1.0), ('age', 0.0)]
    """
    found = [Importance(name, compare(full, scores, seed=seed)) for name, scores in without.items()]
    order = {one.attribute: place for place, one in enumerate(found)}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.loss.difference is None,
                -(one.loss.difference or 0.0),
                order[one.attribute],
            ),
        )
    )


def intersections(
    scores: Mapping[str, float],
    rows: Mapping[str, Mapping[str, str]],
    attributes: Sequence[str],
    *,
    order: int = 2,
    least: int = 10,
) -> tuple[Group, ...]:
    """Mean score of every group in which `order` of the attributes meet, worst first; small groups last, unscored.

    scores: person → score; rows: person → attribute → value. Raises UsageError for fewer attributes than `order`.

    >>> rows = {"p": {"sex": "f", "age": "old"}, "q": {"sex": "f", "age": "old"}, "r": {"sex": "m", "age": "old"}}
    >>> found = intersections({"p": 1.0, "q": 0.0, "r": 1.0}, rows, ("sex", "age"), least=2)
    >>> [(dict(one.values), one.mean.value, one.reason) for one in found]
    [({'sex': 'f', 'age': 'old'}, 0.5, None), ({'sex': 'm', 'age': 'old'}, None, '1 person; 2 are needed')]
    """
    if not 1 <= order <= len(set(attributes)):
        raise UsageError(f"groups of {order!r} attributes out of {len(set(attributes))}; give as many or more")
    found = []
    for names in combinations(dict.fromkeys(attributes), order):
        cells: dict[tuple[str, ...], list[float]] = {}
        for person, score in scores.items():
            row = rows[person]
            if all(name in row for name in names):
                cells.setdefault(tuple(row[name] for name in names), []).append(score)
        for values, inside in cells.items():
            found.append(_group(dict(zip(names, values, strict=True)), inside, least))
    return tuple(sorted(found, key=lambda one: (one.mean.value is None, one.mean.value or 0.0)))


def pass_at_k(n: int, correct: int, k: int) -> float:
    """The chance that at least one of k answers, drawn from n of which `correct` are right, is right.

    1 − C(n − c, k)/C(n, k), unbiased. Raises UsageError unless 0 ≤ c ≤ n and 1 ≤ k ≤ n.

    >>> pass_at_k(10, 3, 1), pass_at_k(4, 2, 2).__round__(4), pass_at_k(5, 0, 5)
    (0.3, 0.8333, 0.0)
    """
    if not (0 <= correct <= n and 1 <= k <= n):
        raise UsageError(f"pass@{k!r} of {n!r} answers, {correct!r} of them right; give 0 ≤ right ≤ n and 1 ≤ k ≤ n")
    return (comb(n, k) - comb(n - correct, k)) / comb(n, k)


def _group(values: Mapping[str, str], scores: Sequence[float], least: int) -> Group:
    if len(scores) < least:
        what = "person" if len(scores) == 1 else "people"
        reason = f"{len(scores)} {what}; {least} are needed"
        return Group(values, Interval(None, None, None, len(scores), reason), reason)
    return Group(values, mean_interval(scores))
