"""Do the means of several groups differ more than their scatter explains? One-way analysis of variance; no scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.stats.distributions import incomplete_beta
from personae.stats.intervals import finite


@dataclass(frozen=True, slots=True)
class OneWay:
    """Fisher's F with its degrees of freedom, the upper-tail p, and η², the share of variance between groups.

    All three are None where nothing varies within the groups; `reason` says so.
    """

    F: float | None
    df_between: int
    df_within: int
    p: float | None
    eta_squared: float | None
    reason: str | None = None


def one_way(*groups: Sequence[float]) -> OneWay:
    """One-way ANOVA over two or more groups of independent values (Fisher, 1925).

    Raises UsageError for fewer than two groups, an empty group, NaN, or no value beyond one per group.

    >>> found = one_way([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])
    >>> found.F, found.df_between, found.df_within, round(found.p, 4), found.eta_squared
    (6.0, 1, 4, 0.0705, 0.6)
    """
    arrays = [finite(group) for group in groups]
    n, k = sum(map(len, arrays)), len(arrays)
    if k < 2 or min(map(len, arrays)) < 1 or n <= k:
        raise UsageError(f"groups of {[len(array) for array in arrays]} values; give two or more, one with 2 values")
    centre = sum(float(array.sum()) for array in arrays) / n
    between = sum(len(array) * (float(array.mean()) - centre) ** 2 for array in arrays)
    within = sum(float(((array - array.mean()) ** 2).sum()) for array in arrays)
    largest = max(float(abs(array).max()) for array in arrays)
    if within <= n * (1e-12 * max(1.0, largest)) ** 2:
        return OneWay(None, k - 1, n - k, None, None, "nothing varies within the groups")
    F = (between / (k - 1)) / (within / (n - k))
    p = incomplete_beta((n - k) / 2, (k - 1) / 2, (n - k) / (n - k + (k - 1) * F))
    return OneWay(F, k - 1, n - k, p, between / (between + within))
