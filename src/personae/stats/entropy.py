"""Entropy of counts, with the correction a small sample needs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable

from personae.errors import UsageError


def entropy(labels: Iterable[Hashable], *, corrected: bool = True) -> float:
    """Shannon entropy of the labels in nats, ≥ 0; 0 where all are one.

    The plug-in estimate is too low by about (m − 1) / 2n for m kinds seen in n draws; `corrected` adds that
    (Miller 1955; Madow). Raises UsageError for no labels.

    >>> round(entropy("aabb", corrected=False), 4), round(entropy("aabb"), 4), entropy("aaaa")
    (0.6931, 0.8181, 0.0)
    """
    counts = Counter(labels)
    n = counts.total()
    if not n:
        raise UsageError("no labels; an entropy needs one draw or more")
    plain = -math.fsum(count / n * math.log(count / n) for count in counts.values())
    return max(0.0, plain) + ((len(counts) - 1) / (2 * n) if corrected else 0.0)
