"""The space in which styles are compared: a scale fitted on both sides of a talk, and the persona's own place on it.

The scale decides what a policy can do. The published study fitted it on one side, the replies of a voice that did not
adapt: the other side then lies dozens of standard deviations away, one dimension holds nearly the whole length of every
vector, and the persona's own centre is zero but for rounding. `scale="both"` is what we use; `scale="one"` is kept so
that a result can be shown under both (the Synchrony–Stability Frontier, 2025, and our reading of its released data).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.metrics.style import DIMENSIONS, ZERO_NORM, FloatArray, RobustScaler, dominance

#: "both"  robust, fitted on what both sides say
#: "one"   mean and standard deviation of one side's lines, nothing cut off, as in the published study
Scale = Literal["both", "one"]


@dataclass(frozen=True)
class StyleSpace:
    """A scale, the persona's centre on it (live dimensions only), and what is wrong with them, in words."""

    scaler: RobustScaler
    centre: FloatArray
    warnings: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls, users: npt.ArrayLike, bots: npt.ArrayLike, *, own: npt.ArrayLike | None = None, scale: Scale = "both"
    ) -> StyleSpace:
        """From raw style vectors of both sides, each of shape (texts, 8); `own` are the lines the centre is the mean
        of (default: `bots`), and with `scale="one"` also what the scale rests on.

        Raises `UsageError` for fewer than two texts, NaN, or texts that do not differ.

        >>> space = StyleSpace.fit([[0.0, 9.0], [2.0, 9.0]], [[4.0, 9.0], [6.0, 9.0]])
        >>> space.scaler.live, space.centre.round(2), space.warnings
        ((0,), array([0.9]), ())
        """
        own = bots if own is None else own
        scaler = fit_scaler(users, bots) if scale == "both" else one_sided(own)
        centre = scaler.transform(own).mean(axis=0)
        return cls(scaler, centre, _warnings(scaler, scaler.transform(users), centre))

    @property
    def names(self) -> tuple[str, ...]:
        """The live dimensions by name, in the order of the arrays."""
        return tuple(DIMENSIONS[index] for index in self.scaler.live)

    @property
    def informality(self) -> int | None:
        """Where informality stands in the arrays; None where it does not vary."""
        return self.scaler.live.index(0) if 0 in self.scaler.live else None


def fit_scaler(users: npt.ArrayLike, bots: npt.ArrayLike) -> RobustScaler:
    """The robust scale of both sides together; dimensions that do not vary are dropped.

    >>> fit_scaler([[0.0, 1.0], [1.0, 1.0]], [[2.0, 1.0]]).dropped
    (1,)
    """
    return RobustScaler.fit(np.concatenate([_rows(users), _rows(bots)]))


def one_sided(lines: npt.ArrayLike) -> RobustScaler:
    """(x − mean) / standard deviation of one side's lines, nothing cut off: what the published study did."""
    array = _rows(lines)
    if len(array) < 2:
        raise UsageError(f"a scale needs at least two style vectors; got {len(array)}")
    spread = array.std(axis=0)
    live = tuple(int(index) for index in np.flatnonzero(spread > 1e-12))
    if not live:
        raise UsageError("no style dimension varies between these texts; give more or other texts")
    return RobustScaler(array.mean(axis=0), spread, live, clip=math.inf)


def _rows(vectors: npt.ArrayLike) -> FloatArray:
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2:
        raise UsageError(f"style vectors come as (texts, dimensions); got an array of shape {array.shape}")
    return array


def _warnings(scaler: RobustScaler, users: FloatArray, centre: FloatArray) -> tuple[str, ...]:
    found = []
    if len(scaler.live) > 1 and (over := dominance(users)):
        name = DIMENSIONS[scaler.live[over.dimension]]
        found.append(
            f"{name} alone holds more than 80 % of the squared length in {over.share:.0%} of the turns: "
            "the other dimensions hardly count on this scale"
        )
    if float(np.linalg.norm(centre)) < ZERO_NORM:
        found.append("the centre of this voice has no length: cosines with it are undefined on this scale")
    return tuple(found)
