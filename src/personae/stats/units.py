"""Many rows, few models: what holds over rows, between the units behind them, and within each.

Runs of one model or answers of one persona are not independent. A correlation over all rows may come from the units
alone or from within them alone, and its p value counts rows that tell nothing new (pseudo-replication, Hurlbert 1984).
[The Personality Illusion 2025]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.coefficient import Coefficient
from personae.stats.correlation import pearson, spearman
from personae.stats.covariances import coded
from personae.stats.distributions import student_cdf
from personae.stats.intervals import FloatArray, finite
from personae.stats.intraclass import icc_1

How = Literal["spearman", "pearson"]
_HOW: dict[str, Callable[[FloatArray, FloatArray], float]] = {"spearman": spearman, "pearson": pearson}

#: Rows that count for fewer than this share of their number bring a warning.
CLEARLY_FEWER = 0.8


@dataclass(frozen=True, slots=True)
class Association:
    """A correlation with its two-sided p (Student's t with `df`), or the reason why there is none; `n` points."""

    r: float | None
    p: float | None
    n: int
    df: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ByLevel:
    """The same association three times: over all rows, between the means of units, and within units.

    The p value of `pooled` counts every row as independent: compare it with that of `between`, never quote it alone.
    """

    pooled: Association
    between: Association
    within: Association
    units: int


def by_level(x: Sequence[float], y: Sequence[float], units: Sequence[Hashable], *, how: How = "spearman") -> ByLevel:
    """Correlate two numbers of each row, pooled, between and within units (one label per row).

    "within" takes each row less the mean of its unit, with rows − units − 1 degrees of freedom; the others have n − 2.
    Raises UsageError for lists of unequal length, values that are not finite, and an unknown `how`.

    >>> x, y = [1, 2, 3, 11, 12, 13, 21, 22, 23], [3, 2, 1, 13, 12, 11, 23, 22, 21]
    >>> found = by_level(x, y, list("aaabbbccc"), how="pearson")
    >>> [round(each.r, 2) for each in (found.pooled, found.between, found.within)]
    [0.98, 1.0, -1.0]
    """
    a, b = finite(x), finite(y)
    if len(a) != len(b):
        raise UsageError(f"a correlation needs two numbers per row, not {len(a)} and {len(b)} of them")
    if how not in _HOW:
        raise UsageError(f"no correlation is called {how!r}; choose 'spearman' or 'pearson'")
    codes, count = coded(units, len(a))
    mean_a, mean_b = unit_means(a, codes, count), unit_means(b, codes, count)
    return ByLevel(
        associated(a, b, how),
        associated(mean_a, mean_b, how),
        associated(a - mean_a[codes], b - mean_b[codes], how, len(a) - count - 1),
        count,
    )


def associated(x: FloatArray, y: FloatArray, how: How = "spearman", df: int | None = None) -> Association:
    """One correlation with its p; `df` is n − 2 unless given.

    >>> round(associated(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.0])).p, 6)
    0.2
    """
    n = len(x)
    df = n - 2 if df is None else df
    if df < 1:
        return Association(None, None, n, df, f"{n} points leave {df} degrees of freedom; one is needed")
    scale = [float(np.abs(values).max()) for values in (x, y)]
    if any(float(np.ptp(values)) <= 1e-12 * size for values, size in zip((x, y), scale, strict=True)):
        return Association(None, None, n, df, "one of the two does not vary")
    r = _HOW[how](x, y)
    return Association(r, p_of_r(r, df), n, df)


def p_of_r(r: float, df: float) -> float:
    """Two-sided p of a correlation with `df` degrees of freedom: t = r·√(df / (1 − r²)).

    >>> round(p_of_r(0.576, 10), 3)
    0.05
    """
    if abs(r) >= 1 - 1e-15:
        return 0.0
    return 2 * student_cdf(-abs(r) * math.sqrt(df / (1 - r * r)), df)


@dataclass(frozen=True, slots=True)
class Dependence:
    """How much the rows of one unit hang together.

    icc:       ICC(1) of the values over units, with its interval, or a reason.
    effect:    the design effect 1 + (k − 1)·ICC, k rows per unit: how many rows count like one (Kish 1965).
    effective: independent rows that the rows are worth, rows / effect.
    """

    rows: int
    units: int
    icc: Coefficient
    effect: float
    effective: float

    def warning(self, unit: str = "unit") -> str | None:
        """One line where the rows count clearly less than their number, else None."""
        if self.effective >= CLEARLY_FEWER * self.rows:
            return None
        icc = "" if self.icc.value is None else f" (ICC {self.icc.value:.2f})"
        return (
            f"pseudo-replication: {self.rows} rows come from {self.units} {unit}{'s' * (self.units != 1)} and count "
            f"like {self.effective:.0f} independent ones{icc}; test per {unit}, not per row"
        )


def dependence(values: Sequence[float], units: Sequence[Hashable]) -> Dependence:
    """From one value per row and the unit of each row. Raises UsageError for NaN and lists of unequal length.

    >>> found = dependence([1.0, 1.1, 5.0, 5.1, 9.0, 9.1], list("aabbcc"))
    >>> round(found.effective, 2), found.warning("model")[:52]
    (3.0, 'pseudo-replication: 6 rows come from 3 models and co')
    """
    table = by_unit(finite(values), units)
    rows, (count, _) = len(values), table.shape
    icc = icc_1(table)
    share = 1.0 if count == 1 else max(0.0, icc.value or 0.0)
    effect = max(1.0, 1 + (rows / max(1, count) - 1) * share)
    return Dependence(rows, count, icc, effect, rows / effect)


def by_unit(values: npt.ArrayLike, units: Sequence[Hashable]) -> FloatArray:
    """One value per row as units × repeats, NaN where a unit has fewer; units in the order they come.

    >>> by_unit([1.0, 2.0, 3.0], ["a", "b", "a"]).tolist()
    [[1.0, 3.0], [2.0, nan]]
    """
    array = np.asarray(values, dtype=np.float64)
    codes, count = coded(units, len(array))
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=count)
    places = np.arange(len(array)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    table = np.full((count, int(sizes.max(initial=0))), np.nan)
    table[codes[order], places] = array[order]
    return table


def unit_means(values: FloatArray, codes: npt.NDArray[np.intp], count: int) -> FloatArray:
    """The mean of each unit, units numbered 0 … count − 1.

    >>> unit_means(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 0]), 2).tolist()
    [2.0, 2.0]
    """
    return np.bincount(codes, values, count) / np.maximum(1, np.bincount(codes, minlength=count))


def within_sd(values: Sequence[float], units: Sequence[Hashable]) -> float | None:
    """The mean over units of the standard deviation (n − 1) of their rows; None where no unit has two rows.

    >>> round(within_sd([1.0, 3.0, 5.0, 5.0], list("aabb")), 4)
    0.7071
    """
    table = by_unit(finite(values), units)
    found = [float(row[~np.isnan(row)].std(ddof=1)) for row in table if (~np.isnan(row)).sum() > 1]
    return math.fsum(found) / len(found) if found else None


def explained(X: npt.ArrayLike, y: Sequence[float]) -> float | None:
    """R² of least squares of y on the columns of X and an intercept, 0 … 1; None where y does not vary, or there are no
    more rows than coefficients. Not adjusted. Raises UsageError for values that are not finite.

    >>> round(explained([[1.0], [2.0], [3.0], [4.0]], [1.0, 3.0, 2.0, 4.0]), 2)
    0.64
    """
    target, columns = finite(y), np.asarray(X, dtype=np.float64)
    if columns.ndim != 2 or len(columns) != len(target) or not np.isfinite(columns).all():
        raise UsageError(f"give rows × columns of finite numbers, one row per value; got {columns.shape}")
    centred = target - target.mean()
    total = float(centred @ centred)
    if len(target) <= columns.shape[1] + 1 or total <= 1e-24 * float(target @ target):
        return None
    columns = columns - columns.mean(axis=0)
    sizes = np.abs(columns).max(axis=0)
    columns = columns / np.where(sizes > 0, sizes, 1.0)
    rest = centred - columns @ np.linalg.lstsq(columns, centred, rcond=None)[0]
    return float(np.clip(1 - float(rest @ rest) / total, 0.0, 1.0))
