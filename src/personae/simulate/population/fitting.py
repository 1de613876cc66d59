"""From margins to a joint table by iterative proportional fitting (Deming and Stephan 1940), or why there is none.

Every pass scales the table to each margin in turn. It ends at the table that is nearest to the start (by relative
entropy) among all that have these margins, and so keeps the start's odds ratios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.stats.intervals import FloatArray

#: Largest difference between a margin of the table and the one asked for, as a share of the whole.
TOLERANCE = 1e-8
MAX_ROUNDS = 5_000
#: Totals of margins may differ by so much, relatively: published tables are rounded.
TOTALS = 1e-3


@dataclass(frozen=True)
class Margin:
    """What a table must sum to over all axes but these; `target` has one axis per entry of `axes`, in that order."""

    axes: tuple[int, ...]
    target: FloatArray
    name: str = ""

    @property
    def called(self) -> str:
        """Its name, or its axes."""
        return self.name or f"axes {self.axes}"


@dataclass(frozen=True)
class Fitted:
    """A joint table that sums to 1, or a reason. `error` is the largest miss of a margin, as a share of the whole."""

    table: FloatArray | None
    rounds: int
    error: float
    reason: str | None = None


def fit(
    start: npt.ArrayLike, margins: Sequence[Margin], *, tolerance: float = TOLERANCE, max_rounds: int = MAX_ROUNDS
) -> Fitted:
    """The table with these margins that is nearest to `start`; no exception, but a reason where there is none.

    start:   non-negative; all ones for "nothing is known", 0 for what cannot be.
    margins: counts or shares; each is normalised, but their totals must agree to one in a thousand. A 0 in a margin is
             kept exactly.

    >>> import numpy as np
    >>> rows, columns = Margin((0,), np.array([30.0, 70.0])), Margin((1,), np.array([40.0, 60.0]))
    >>> fit(np.ones((2, 2)), [rows, columns]).table.round(4).tolist()
    [[0.12, 0.18], [0.28, 0.42]]
    >>> fit([[1, 0], [1, 0]], [rows, columns]).reason
    'axes (1,) asks for 0.6 where the table may hold nothing, at [1]'
    """
    table = np.array(start, dtype=np.float64)
    if not table.size or not np.isfinite(table).all() or (table < 0).any() or table.sum() <= 0:
        return Fitted(None, 0, math.inf, "the start has no cell above 0, or one that is negative or no number")
    wanted, reason = _checked(table, margins)
    if reason:
        return Fitted(None, 0, math.inf, reason)
    table /= table.sum()
    error, before = math.inf, math.inf
    for rounds in range(1, max_rounds + 1):
        for axes, target in wanted:
            has = table.sum(axis=_others(table, axes), keepdims=True)
            table = table * np.divide(target, has, out=np.zeros_like(target), where=has > 0)
        error = max((_miss(table, axes, target) for axes, target in wanted), default=0.0)
        if error <= tolerance:
            return Fitted(table / table.sum(), rounds, error)
        if rounds % 500 == 0:
            if error > before * 0.999:
                break
            before = error
    worst = max(zip(wanted, margins, strict=True), key=lambda one: _miss(table, *one[0]))[1]
    reason = f"no table has all these margins: after {rounds} rounds {worst.called} is missed by {error:.2g}"
    return Fitted(None, rounds, error, reason)


def _checked(
    table: FloatArray, margins: Sequence[Margin]
) -> tuple[list[tuple[tuple[int, ...], FloatArray]], str | None]:
    """Margins as shares with all axes of the table, or the first thing that is wrong with them."""
    wanted: list[tuple[tuple[int, ...], FloatArray]] = []
    totals = []
    for margin in margins:
        target = np.asarray(margin.target, dtype=np.float64)
        shape = tuple(table.shape[axis] for axis in margin.axes if axis < table.ndim)
        if target.shape != shape or len(set(margin.axes)) < len(margin.axes):
            return [], f"{margin.called} has the shape {target.shape}, its axes of the table {shape}"
        if not np.isfinite(target).all() or (target < 0).any() or target.sum() <= 0:
            return [], f"{margin.called} has no share above 0, or one that is negative or no number"
        totals.append((margin, float(target.sum())))
        first, total = totals[0]
        if abs(totals[-1][1] - total) > TOTALS * total:
            return [], f"{margin.called} sums to {totals[-1][1]:g}, {first.called} to {total:g}; they count one people"
        whole = _spread(target / target.sum(), margin.axes, table.ndim)
        has = table.sum(axis=_others(table, margin.axes), keepdims=True)
        empty = (has <= 0) & (whole > 0)
        if empty.any():
            place = [int(np.argwhere(empty)[0][axis]) for axis in margin.axes]
            share = float(whole[empty][0])
            return [], f"{margin.called} asks for {share:.3g} where the table may hold nothing, at {place}"
        wanted.append((margin.axes, whole))
    return wanted, None


def _spread(target: FloatArray, axes: tuple[int, ...], ndim: int) -> FloatArray:
    """The target with all axes of the table, those it does not name of length 1."""
    order = np.argsort(axes)
    shape = [1] * ndim
    for place in order:
        shape[axes[place]] = target.shape[place]
    return target.transpose(order).reshape(shape)


def _others(table: FloatArray, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis in range(table.ndim) if axis not in axes)


def _miss(table: FloatArray, axes: tuple[int, ...], target: FloatArray) -> float:
    return float(np.abs(table.sum(axis=_others(table, axes), keepdims=True) - target).max())
