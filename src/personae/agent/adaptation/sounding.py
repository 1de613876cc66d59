"""How much short facts sound like somebody: the style vector of each against the mean of what they say."""

from __future__ import annotations

from collections.abc import Sequence


def style_nearness(texts: Sequence[str], own: Sequence[str]) -> list[float]:
    """Nearness of each text to the manner of `own`, 0 … 1: 1 / (1 + mean distance in robust z-values).

    The scale is learned from both sides; where nothing varies, all are equally near. English.

    >>> near = style_nearness(["i like cats", "Am I not, dear friend, an admirer!"], ["i like dogs", "i eat"])
    >>> near[0] > near[1]
    True
    """
    import numpy as np

    from personae.errors import UsageError
    from personae.metrics.style import RobustScaler, style_vector

    if not texts or not own:
        return [1.0] * len(texts)
    theirs, ours = np.stack([style_vector(t) for t in texts]), np.stack([style_vector(t) for t in own])
    try:
        scale = RobustScaler.fit(np.concatenate([theirs, ours]))
    except UsageError:  # no dimension varies
        return [1.0] * len(texts)
    distance = np.abs(scale.transform(theirs) - scale.transform(ours).mean(axis=0)).mean(axis=1)
    return [float(1 / (1 + value)) for value in distance]
