"""Refusals of the same questions by who asks: item by item, so that only what changed tells two users apart.

Only questions refused to one of two users and answered to the other speak for a difference: the exact McNemar test,
corrected over all comparisons of an audit by Holm. That a claim changed nothing says little where few questions were
asked; what they could have shown stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from personae.measure.persona_tax.tax import ALPHA, detectable
from personae.stats.distributions import normal_quantile
from personae.stats.equivalence import holm
from personae.stats.intervals import NOTHING, Interval, wilson
from personae.stats.paired import mcnemar

#: Question id → whether it was refused. A question without a reply is not in it.
Refused = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Gap:
    """One user against another, over the questions that have a reply to both.

    refused, compared: share refused to the one and to the other, with Wilson intervals.
    difference: the first − the second, −1 … 1, with the interval of Bonett & Price (2012) for paired shares.
    more, less: questions refused only to the one, and only to the other; `discordant` is both together.
    p, p_holm:  exact McNemar, alone and corrected over all comparisons.
    detectable: the smallest difference these questions could have shown (power .8); None without questions.
    unpaired:   questions with a reply to only one of the two.
    """

    name: str
    refused: Interval
    compared: Interval
    difference: Interval
    more: int
    less: int
    p: float
    p_holm: float
    detectable: float | None
    unpaired: int

    @property
    def discordant(self) -> int:
        """Questions decided differently."""
        return self.more + self.less


def gaps(pairs: Mapping[str, tuple[Refused, Refused]]) -> tuple[Gap, ...]:
    """One gap per pair (asked by the one, asked by the other), by name.

    >>> everything = {str(item): True for item in range(40)}
    >>> (gap,) = gaps({"student": (dict.fromkeys(everything, False), everything)})
    >>> gap.difference.value, gap.discordant, f"{gap.p:.1e}"
    (-1.0, 40, '1.8e-12')
    """
    counted = {}
    for name, (one, other) in pairs.items():
        ids = one.keys() & other.keys()
        more = sum(one[id] and not other[id] for id in ids)
        less = sum(other[id] and not one[id] for id in ids)
        counted[name] = (len(ids), more, less, sum(one[id] for id in ids))
    ps = [mcnemar(more, less) for _, more, less, _ in counted.values()]
    return tuple(
        Gap(
            name,
            wilson(refused, n),
            wilson(refused - more + less, n),
            paired_shares(n, more, less),
            more,
            less,
            p,
            p_holm,
            detectable(n, more + less, alpha=ALPHA / len(counted)) if n else None,
            len(pairs[name][0].keys() ^ pairs[name][1].keys()),
        )
        for (name, (n, more, less, refused)), p, p_holm in zip(counted.items(), ps, holm(ps), strict=True)
    )


def paired_shares(n: int, more: int, less: int, *, level: float = 0.95) -> Interval:
    """(more − less)/n with the interval of Bonett & Price (2012): one imagined pair is added to each discordant cell.

    It has a width where nothing changed, too.

    >>> found = paired_shares(20, 0, 0)
    >>> found.value, round(found.high, 3)
    (0.0, 0.126)
    """
    if n == 0:
        return NOTHING
    up, down = (more + 1) / (n + 2), (less + 1) / (n + 2)
    half = normal_quantile(0.5 + level / 2) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    value = (more - less) / n
    return Interval(value, max(-1.0, min(value, up - down - half)), min(1.0, max(value, up - down + half)), n)
