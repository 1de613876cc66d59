"""A population from margins: joint tables by proportional fitting, rows drawn from them, rules that drop some.

Attributes that share a table are fitted together, the others are independent. Rows are drawn one from each of n equal
slices of the joint table, so that margins are nearer to the target than free draws would come. What rules drop is drawn
anew, and what that does to every margin is told.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from personae.errors import UsageError
from personae.simulate.population.fitting import Margin, fit
from personae.simulate.population.margins import Margins, Table
from personae.stats.intervals import FloatArray

#: Cells of the joint table of attributes that hang together, at most.
MAX_CELLS = 500_000
#: Rows drawn per person wanted before rules are held to leave nobody.
MAX_DRAWS = 50
#: What sums to 1 or 100, but for rounding, is shares; anything else counts people.
ROUNDING = 0.005


class ImpossibleMargins(UsageError):
    """No population has these margins; the message says which of them cannot be met."""


@dataclass(frozen=True)
class Joint:
    """The fitted table of attributes that hang together: one axis per attribute, summing to 1."""

    attributes: tuple[str, ...]
    table: FloatArray
    rounds: int
    error: float


@dataclass(frozen=True, slots=True)
class Share:
    """A value of a margin: the share wanted, the share kept, and the difference in σ = √(p(1 − p)/n)."""

    wanted: float
    kept: float
    z: float


@dataclass(frozen=True)
class Population:
    """People as rows of attribute → value, with what the rules cost.

    drawn:   rows drawn; `dropped` says how many each rule took (the first rule a row breaks).
    margins: every attribute's values, as wanted and as they are.
    loss:    per attribute half the summed difference of shares (total variation, 0 … 1).
    """

    rows: tuple[Mapping[str, str], ...]
    drawn: int
    dropped: Mapping[str, int]
    margins: Mapping[str, Mapping[str, Share]]
    joints: tuple[Joint, ...] = field(repr=False, default=())

    @property
    def loss(self) -> dict[str, float]:
        """Total variation of each margin from its target, 0 … 1."""
        return {
            name: sum(abs(one.kept - one.wanted) for one in shares.values()) / 2
            for name, shares in self.margins.items()
        }

    def beyond(self, sigmas: float = 3.0) -> dict[str, tuple[str, ...]]:
        """Values further from their target than so many σ, by attribute."""
        found = {
            name: tuple(value for value, one in shares.items() if abs(one.z) > sigmas)
            for name, shares in self.margins.items()
        }
        return {name: values for name, values in found.items() if values}


def joints(margins: Margins) -> tuple[Joint, ...]:
    """The joint tables, one per group of attributes that share a table or a start.

    Raises ImpossibleMargins naming the margin that cannot be met, UsageError for a group with too many cells.
    """
    return tuple(_joint(margins, group) for group in _groups(margins))


def sample(margins: Margins, n: int, *, seed: int) -> Population:
    """n people. Raises UsageError for n < 1, ImpossibleMargins for margins or rules that leave nobody.

    >>> from personae.simulate.population.margins import example
    >>> people = sample(example(), 200, seed=0)
    >>> len(people.rows), len(people.rows[0])
    (200, 33)
    """
    if n < 1:
        raise UsageError(f"n is {n!r}; a population has one person or more")
    tables = joints(margins)
    rng = np.random.default_rng(seed)
    kept: list[Mapping[str, str]] = []
    dropped: Counter[str] = Counter({rule.name: 0 for rule in margins.rules})
    drawn = 0
    while len(kept) < n:
        if drawn >= MAX_DRAWS * n:
            worst = dropped.most_common(1)[0][0]
            raise ImpossibleMargins(f"{drawn} rows gave {len(kept)} of {n} people; most fell to the rule {worst!r}")
        rows = _rows(tables, margins, n, rng)
        for row in rows:
            if len(kept) == n:
                break
            drawn += 1
            broken = next((rule.name for rule in margins.rules if rule.breaks(row)), None)
            if broken is None:
                kept.append(row)
            else:
                dropped[broken] += 1
    return Population(tuple(kept), drawn, dict(dropped), _shares(margins, tables, kept), tables)


def _groups(margins: Margins) -> list[tuple[str, ...]]:
    """Attributes that hang together, each group in the order of the file."""
    leader = {name: name for name in margins.values}

    def first(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for table in (*margins.tables, *margins.starts):
        for a, b in pairwise(table.of):
            leader[first(b)] = first(a)
    groups: dict[str, list[str]] = {}
    for name in margins.values:
        groups.setdefault(first(name), []).append(name)
    return [tuple(group) for group in groups.values()]


def _joint(margins: Margins, group: tuple[str, ...]) -> Joint:
    shape = tuple(len(margins.values[name]) for name in group)
    if math.prod(shape) > MAX_CELLS:
        line = f"{', '.join(group)} hang together in {math.prod(shape):,} cells; the most is {MAX_CELLS:,}"
        raise UsageError(f"{line}: leave out a table, or give attributes fewer values")
    start = np.ones(shape)
    for table in margins.starts:
        if set(table.of) <= set(group):
            start = start * _placed(table, margins, group)
    held = [one for one in (*margins.margins, *margins.tables) if set(one.of) <= set(group)]
    targets = [_array(one, margins) for one in held]
    counts = [float(target.sum()) for target in targets if not _shared(target)]
    total = counts[0] if counts else 1.0
    wanted = [
        Margin(
            tuple(group.index(name) for name in one.of),
            target / target.sum() * total if _shared(target) and target.sum() > 0 else target,
            " × ".join(one.of),
        )
        for one, target in zip(held, targets, strict=True)
    ]
    fitted = fit(start, wanted)
    if fitted.table is None:
        raise ImpossibleMargins(f"the margins of {', '.join(group)} cannot be met: {fitted.reason}")
    return Joint(group, fitted.table, fitted.rounds, fitted.error)


def _array(table: Table, margins: Margins) -> FloatArray:
    found = np.zeros(tuple(len(margins.values[name]) for name in table.of))
    for key, number in table.cells.items():
        found[tuple(margins.values[name].index(value) for name, value in zip(table.of, key, strict=True))] = number
    return found


def _placed(table: Table, margins: Margins, group: Sequence[str]) -> FloatArray:
    """The table with one axis per attribute of the group."""
    order = sorted(range(len(table.of)), key=lambda axis: group.index(table.of[axis]))
    shape = [len(margins.values[name]) if name in table.of else 1 for name in group]
    return _array(table, margins).transpose(order).reshape(shape)


def _shared(target: FloatArray) -> bool:
    total = float(target.sum())
    return abs(total - 1) <= ROUNDING or abs(total - 100) <= 100 * ROUNDING


def _rows(tables: Sequence[Joint], margins: Margins, n: int, rng: np.random.Generator) -> list[Mapping[str, str]]:
    columns: dict[str, list[str]] = {}
    for joint in tables:
        cells = joint.table.ravel()
        edges = np.cumsum(cells)
        slices = (np.arange(n) + rng.random(n)) / n * edges[-1]
        drawn = rng.permutation(np.minimum(np.searchsorted(edges, slices, side="right"), np.flatnonzero(cells)[-1]))
        for name, codes in zip(joint.attributes, np.unravel_index(drawn, joint.table.shape), strict=True):
            columns[name] = [margins.values[name][code] for code in codes]
    return [{name: columns[name][row] for name in margins.values} for row in range(n)]


def _shares(
    margins: Margins, tables: Sequence[Joint], rows: Sequence[Mapping[str, str]]
) -> dict[str, dict[str, Share]]:
    wanted: dict[str, FloatArray] = {}
    for joint in tables:
        for axis, name in enumerate(joint.attributes):
            wanted[name] = joint.table.sum(axis=tuple(a for a in range(joint.table.ndim) if a != axis))
    found: dict[str, dict[str, Share]] = {}
    for name, values in margins.values.items():
        counts = Counter(row[name] for row in rows)
        found[name] = {
            value: _share(float(p), counts[value] / len(rows), len(rows))
            for value, p in zip(values, wanted[name], strict=True)
        }
    return found


def _share(wanted: float, kept: float, n: int) -> Share:
    sigma = math.sqrt(max(0.0, wanted * (1 - wanted)) / n)
    off = kept - wanted
    return Share(wanted, kept, off / sigma if sigma > 1e-12 else 0.0 if abs(off) < 1e-9 else math.copysign(99.0, off))
