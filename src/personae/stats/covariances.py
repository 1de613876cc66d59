"""Covariances and correlations of the columns of a table with gaps, and of the same table drawn again many times.

Everything is computed from sums over people, pair by pair of columns: over those who answered both. Sums add up, so a
bootstrap keeps one set of sums per person, or per unit, and only counts how often each was drawn. Above `MOST_BLOCKS`
units, they are put into that many blocks by chance: blocks of independent units are independent too, and the interval
is the same but for the noise of the draw.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.coefficient import Coefficient
from personae.stats.intervals import FloatArray

#: As many sets of sums a bootstrap keeps at most, and as many numbers they may hold together.
MOST_BLOCKS, MOST_NUMBERS = 1000, 16_000_000

#: So many resamples are computed at once at most, and so many cells of their matrices.
AT_ONCE, CELLS_AT_ONCE = 1000, 1_000_000


@dataclass(frozen=True)
class Table:
    """People × columns, NaN where an answer is missing, scaled by the largest size and centred on column means.

    Columns in which nothing varies are left out: `kept` and `dropped` are their numbers. `n` counts the people with at
    least one answer in a column that was kept. Make one with `Table.of`.
    """

    values: FloatArray
    kept: tuple[int, ...]
    dropped: tuple[int, ...]
    n: int

    @classmethod
    def of(cls, scores_PI: npt.ArrayLike) -> Table:
        """Raises UsageError for anything but two axes, and for infinity."""
        scores = np.asarray(scores_PI, dtype=np.float64)
        if scores.ndim != 2:
            raise UsageError(f"give a table of people × items; got an array of shape {scores.shape}")
        if np.isinf(scores).any():
            raise UsageError("a table of answers holds finite numbers, and NaN where one is missing; got infinity")
        there = ~np.isnan(scores)
        low = np.where(there, scores, np.inf).min(axis=0, initial=np.inf)
        high = np.where(there, scores, -np.inf).max(axis=0, initial=-np.inf)
        varies = high > low
        values = scores[:, varies]
        if values.size:
            values = values / float(np.nanmax(np.abs(values)))
            values = values - np.nanmean(values, axis=0)
        kept, dropped = (tuple(np.flatnonzero(which).tolist()) for which in (varies, ~varies))
        return cls(values, kept, dropped, int(there[:, varies].any(axis=1).sum()))


@dataclass(frozen=True)
class Moments:
    """Pairwise-complete covariances and correlations (…, columns, columns); NaN where two columns share no two people
    or one of them does not vary among those."""

    covariances: FloatArray
    correlations: FloatArray


def moments(table: Table) -> Moments:
    """Of the table as it is, over n − 1.

    >>> moments(Table.of([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [9.0, np.nan]])).correlations.round(6).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    return _moments(_sums(table.values))


def drawn_again(
    table: Table, *, seed: int, n_resamples: int, units: Sequence[Hashable] | None = None
) -> Iterator[Moments]:
    """The moments of bootstrap samples of people, or of whole units (one label per person), some at a time.

    Raises UsageError unless there is one label per person. Without two units nothing is given.
    """
    rng = np.random.default_rng(seed)
    blocks = _blocks(table, units, rng)
    if len(blocks) < 2:
        return
    sums = np.stack([_sums(table.values[rows]) for rows in blocks])
    flat = sums.reshape(len(blocks), -1)
    at_once = max(50, min(AT_ONCE, CELLS_AT_ONCE // table.values.shape[1] ** 2))
    for start in range(0, n_resamples, at_once):
        count = min(at_once, n_resamples - start)
        times = rng.multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), size=count).astype(np.float64)
        yield _moments((times @ flat).reshape(count, *sums.shape[1:]))


def correlated(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    seed: int = 0,
    n_resamples: int = 1000,
    units: Sequence[Hashable] | None = None,
) -> Coefficient:
    """Pearson's r over the rows that have both numbers, with a percentile interval over rows, or over whole units.

    Raises UsageError for lists of unequal length and for infinity.

    >>> found = correlated(range(30), [0, 2, 1] * 5 + [20, 30, 25] * 5)
    >>> round(found.value, 2), found.low < found.value < found.high, found.n
    (0.85, True, 30)
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise UsageError(f"a correlation needs two numbers per row, not {first.shape} and {second.shape} of them")
    both = ~np.isnan(first) & ~np.isnan(second)
    scores = np.column_stack([first, second])[both]
    scores = scores / np.maximum(np.abs(scores).max(axis=0, initial=0.0), np.finfo(float).tiny)
    table = Table.of(scores)
    if len(table.kept) < 2:
        return Coefficient(reason="one of the two does not vary", n=len(scores), dropped=table.dropped)
    found = Coefficient(float(moments(table).correlations[0, 1]), n=len(scores))
    kept = None if units is None else [label for label, here in zip(units, both, strict=True) if here]
    drawn = [m.correlations[:, 0, 1] for m in drawn_again(table, seed=seed, n_resamples=n_resamples, units=kept)]
    return found.within(np.concatenate(drawn)) if drawn else found


def coded(units: Sequence[Hashable], n: int) -> tuple[npt.NDArray[np.intp], int]:
    """Labels as numbers from 0 in the order they come, and how many there are. Raises UsageError unless n labels."""
    if len(units) != n:
        raise UsageError(f"{n} rows but {len(units)} labels of units; give one label per row")
    numbers: dict[Hashable, int] = {}
    codes = np.fromiter((numbers.setdefault(label, len(numbers)) for label in units), dtype=np.intp, count=n)
    return codes, len(numbers)


def _blocks(table: Table, units: Sequence[Hashable] | None, rng: np.random.Generator) -> list[npt.NDArray[np.intp]]:
    people, columns = table.values.shape
    codes, count = (np.arange(people), people) if units is None else coded(units, people)
    most = int(min(MOST_BLOCKS, max(100, MOST_NUMBERS // max(1, 4 * columns**2))))
    if count > most:
        codes = rng.permutation(count)[codes] % most
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if people else []


def _sums(values: FloatArray) -> FloatArray:
    """(4, columns, columns) over people who answered both i and j: their number, Σx_i, Σx_i², Σx_i·x_j."""
    there = ~np.isnan(values)
    seen, filled = there.astype(np.float64), np.where(there, values, 0.0)
    return np.stack([seen.T @ seen, filled.T @ seen, (filled**2).T @ seen, filled.T @ filled])


def _moments(sums: FloatArray) -> Moments:
    n, total, squares, products = (sums[..., part, :, :] for part in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        centred = np.where(n > 1, products - total * total.swapaxes(-1, -2) / n, np.nan)
        spread = squares - total**2 / n
        spread = np.where((n > 1) & (spread > 1e-13 * squares), spread, np.nan)
        correlations = centred / np.sqrt(spread) / np.sqrt(spread.swapaxes(-1, -2))
        return Moments(centred / (n - 1), np.clip(correlations, -1.0, 1.0))
