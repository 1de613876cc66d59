"""How far judges agree beyond chance: Krippendorff's alpha for scores, with gaps allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from personae.errors import UsageError

Column = Sequence[float | None]


def krippendorff_alpha(columns: Sequence[Column]) -> float | None:
    """Interval alpha over raters (columns) and items (rows): 1 − observed / expected squared disagreement.

    1 is full agreement, 0 what chance gives, below 0 worse. None where nothing can be compared: no item with two
    values, or no variation at all. Krippendorff, Content Analysis (2004), ch. 11. Raises `UsageError` for columns of
    unequal length or a value that is not finite.

    >>> round(krippendorff_alpha([[1, 2, 3, None], [1, 2, 4, 5]]), 3)
    0.878
    """
    if len({len(column) for column in columns}) > 1:
        raise UsageError(f"the columns have {[len(column) for column in columns]} values; give one per item, or None")
    rows = [[value for value in row if value is not None] for row in zip(*columns, strict=True)]
    rows = [row for row in rows if len(row) > 1]
    values = [value for row in rows for value in row]
    if not all(map(math.isfinite, values)):
        raise UsageError("agreement needs finite values; give None for a missing one")
    if not values or max(values) == min(values):
        return None
    observed = math.fsum(_spread(row) / (len(row) - 1) for row in rows) / len(values)
    expected = _spread(values) / (len(values) * (len(values) - 1))
    return 1.0 - observed / expected


def _spread(values: Sequence[float]) -> float:
    """The sum of squared differences over all ordered pairs."""
    centre = math.fsum(values) / len(values)
    return 2.0 * len(values) * math.fsum((value - centre) ** 2 for value in values)
