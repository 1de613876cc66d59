"""How much of the variance lies between the things measured: intraclass correlations with their F intervals.

ICC(1): repeats of each unit in no particular order (runs of a model, seeds of a persona). ICC(A,1): each thing measured
under the same conditions, and a shift between conditions counts against agreement. McGraw & Wong (1996), where
Shrout & Fleiss (1979) write ICC(1,1) and ICC(2,1).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.coefficient import Coefficient
from personae.stats.distributions import incomplete_beta
from personae.stats.intervals import FloatArray


def icc_1(scores_UR: npt.ArrayLike) -> Coefficient:
    """(MSB − MSW) / (MSB + (k − 1)·MSW) of units × repeats, NaN where a unit has fewer repeats; −1/(k − 1) … 1.

    With unequal repeats k is their number corrected for the inequality (Fleiss, Levin & Paik 2003, ch. 15), and the
    interval is approximate. `n` counts units; those without a score are left out. Raises UsageError for a table that
    is none.

    >>> found = icc_1([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.166, -0.133, 0.723)
    """
    scores = _table(scores_UR)
    there = ~np.isnan(scores)
    scores, there = scores[there.any(axis=1)], there[there.any(axis=1)]
    sizes = there.sum(axis=1)
    units, n = len(scores), int(sizes.sum())
    if units < 2 or n <= units:
        return Coefficient(reason=f"{units} units with {n} scores; two units and a repeat are needed", n=units)
    filled = np.where(there, scores, 0.0)
    means = filled.sum(axis=1) / sizes
    between = float((sizes * (means - filled.sum() / n) ** 2).sum()) / (units - 1)
    within = float((np.where(there, scores - means[:, None], 0.0) ** 2).sum()) / (n - units)
    k = (n - float((sizes**2).sum()) / n) / (units - 1)
    if between <= _NOISE and within <= _NOISE:
        return Coefficient(reason="nothing varies", n=units)
    value = (between - within) / (between + (k - 1) * within)
    if within <= _NOISE:
        return Coefficient(value, n=units)
    F = between / within
    low, high = (F / f_quantile(0.975, units - 1, n - units), F * f_quantile(0.975, n - units, units - 1))
    return Coefficient(value, n=units, low=(low - 1) / (low + k - 1), high=(high - 1) / (high + k - 1))


def icc_a1(scores_PC: npt.ArrayLike) -> Coefficient:
    """(MSR − MSE) / (MSR + (k − 1)·MSE + k·(MSC − MSE)/n) of n things × k conditions: absolute agreement of one score.

    Things that lack a score are left out; `n` counts the others. Raises UsageError for a table that is none.

    >>> found = icc_a1([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.29, 0.019, 0.761)
    """
    scores = _table(scores_PC)
    scores = scores[~np.isnan(scores).any(axis=1)]
    n, k = scores.shape
    if n < 2 or k < 2:
        return Coefficient(reason=f"{n} complete rows × {k} conditions; two of each are needed", n=n)
    grand, rows, columns = scores.mean(), scores.mean(axis=1), scores.mean(axis=0)
    msr = k * float(((rows - grand) ** 2).sum()) / (n - 1)
    msc = n * float(((columns - grand) ** 2).sum()) / (k - 1)
    mse = float(((scores - rows[:, None] - columns + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    if max(msr, msc, mse) <= _NOISE:
        return Coefficient(reason="nothing varies", n=n)
    scale = msr + (k - 1) * mse + k * (msc - mse) / n
    if scale <= _NOISE:
        return Coefficient(reason="the conditions cancel each other: agreement is undefined", n=n)
    value = (msr - mse) / scale
    if mse <= _NOISE or not -1 < value < 1:
        return Coefficient(max(-1.0, min(1.0, value)), n=n)
    low, high = _bounds(value, msr, msc, mse, n, k)
    return Coefficient(value, n=n, low=low, high=high)


def f_quantile(probability: float, df1: float, df2: float) -> float:
    """The F with P(F ≤ f) = probability, for df1 and df2 > 0, by bisection to 1e-10 relative.

    >>> round(f_quantile(0.95, 5, 10), 4)
    3.3258
    """
    low, high = 0.0, 1.0
    while _f_cdf(high, df1, df2) < probability and high < 1e300:
        low, high = high, high * 2
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _f_cdf(middle, df1, df2) < probability else (low, middle)
    return (low + high) / 2


#: Mean squares of scaled scores below this are what rounding leaves of equal numbers.
_NOISE = 1e-24


def _table(scores: npt.ArrayLike) -> FloatArray:
    """Scaled and centred, so that no square is lost or too large."""
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        raise UsageError(f"give a table of finite scores, NaN where one is missing; got an array of {table.shape}")
    largest = float(np.nanmax(np.abs(table), initial=0.0)) if np.isfinite(table).any() else 0.0
    return table / largest if largest > 0 else table


def _bounds(value: float, msr: float, msc: float, mse: float, n: int, k: int) -> tuple[float, float]:
    """McGraw & Wong (1996), table 7, case 2A: F intervals with Satterthwaite's degrees of freedom."""
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    parts = (a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / ((n - 1) * (k - 1))
    df = max((a * msc + b * mse) ** 2 / parts, 1e-3)
    rest = k * msc + (k * n - k - n) * mse
    below, above = f_quantile(0.975, n - 1, df), f_quantile(0.975, df, n - 1)
    return n * (msr - below * mse) / (below * rest + n * msr), n * (above * msr - mse) / (rest + n * above * msr)


def _f_cdf(f: float, df1: float, df2: float) -> float:
    return incomplete_beta(df1 / 2, df2 / 2, df1 * f / (df1 * f + df2)) if math.isfinite(f) else 1.0
