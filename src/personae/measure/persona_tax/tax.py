"""What a persona costs elsewhere: the same items answered with and without it, item by item.

Both answer every item, so only items that one got right and the other wrong tell them apart: the exact McNemar test,
corrected over traits by Holm. A test that finds nothing says little without what it could have found: the smallest
difference that so many items, so often answered differently, would show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.stats.correlation import spearman
from personae.stats.distributions import normal_quantile
from personae.stats.equivalence import holm
from personae.stats.intervals import Interval, mean_interval
from personae.stats.paired import mcnemar

ALPHA = 0.05
POWER = 0.8
#: A correlation over fewer models than this is not given.
FEWEST_MODELS = 5


@dataclass(frozen=True, slots=True)
class Tax:
    """One persona against none, over the items both answered.

    difference:  accuracy with it − without, with Student's t interval of the paired difference, −1 … 1.
    gained, lost: items right only with it, and only without it.
    p, p_holm:   exact McNemar, alone and corrected over all personas of the comparison.
    detectable:  the smallest difference these items could have shown (power .8); None without items.
    unpaired:    items that only one of the two answered.
    """

    name: str
    accuracy: float | None
    baseline: float | None
    difference: Interval
    gained: int
    lost: int
    p: float
    p_holm: float
    detectable: float | None
    unpaired: int

    @property
    def n(self) -> int:
        """Items both answered."""
        return self.difference.n


def taxes(baseline: Mapping[str, bool], personas: Mapping[str, Mapping[str, bool]]) -> tuple[Tax, ...]:
    """One tax a persona, from item id → right or wrong. Items without an answer are left out of the mappings.

    >>> before = {str(item): True for item in range(200)}
    >>> after = {id: int(id) >= 15 for id in before}
    >>> (found,) = taxes(before, {"neuroticism": after})
    >>> found.difference.value, f"{found.p:.1e}"
    (-0.075, '6.1e-05')
    """
    pairs = {name: sorted(baseline.keys() & answered.keys()) for name, answered in personas.items()}
    moved = {
        name: (
            sum(personas[name][id] and not baseline[id] for id in ids),
            sum(baseline[id] and not personas[name][id] for id in ids),
        )
        for name, ids in pairs.items()
    }
    ps = [mcnemar(*moved[name]) for name in pairs]
    corrected = holm(ps)
    found = []
    for (name, ids), p, p_holm in zip(pairs.items(), ps, corrected, strict=True):
        answered, (gained, lost) = personas[name], moved[name]
        found.append(
            Tax(
                name,
                _share([answered[id] for id in ids]),
                _share([baseline[id] for id in ids]),
                mean_interval([float(answered[id]) - float(baseline[id]) for id in ids]),
                gained,
                lost,
                p,
                p_holm,
                detectable(len(ids), gained + lost, alpha=ALPHA / max(1, len(pairs))) if ids else None,
                len(baseline.keys() ^ answered.keys()),
            )
        )
    return tuple(found)


def detectable(n: int, discordant: int, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """The smallest difference in accuracy that McNemar's test would find with this power, 0 … 1.

    With a share ψ of items answered differently, Δ solves √n·Δ = z₁₋α/₂·√ψ + z_power·√(ψ − Δ²) (Connor 1987). It is
    never below what the exact test needs at the least: k items that all go one way, with 2·2⁻ᵏ ≤ α.

    >>> round(detectable(800, 160), 3), detectable(200, 0)
    (0.044, 0.03)
    """
    if n < 1 or not 0 <= discordant <= n or not 0 < alpha < 1 or not 0 < power < 1:
        raise UsageError(f"{discordant!r} of {n!r} items, alpha {alpha!r}, power {power!r} make no test")
    least = min(1.0, math.ceil(1 - math.log2(alpha)) / n)
    psi, z_alpha, z_power = discordant / n, normal_quantile(1 - alpha / 2), normal_quantile(power)
    low, high = 0.0, psi
    for _ in range(60):
        middle = (low + high) / 2
        wanted = z_alpha * math.sqrt(psi) + z_power * math.sqrt(max(0.0, psi - middle * middle))
        low, high = (middle, high) if math.sqrt(n) * middle < wanted else (low, middle)
    return max(least, high)


def spread(accuracies: Mapping[str, float]) -> float | None:
    """The variance (n − 1) of accuracy over traits; None with fewer than two."""
    return float(np.var(list(accuracies.values()), ddof=1)) if len(accuracies) > 1 else None


def spread_and_controllability(
    variances: Mapping[str, float], controllability: Mapping[str, float]
) -> tuple[float | None, int, str | None]:
    """Over models: Spearman's rho of the variance over traits with how far questionnaires follow the same prompts.

    Gives rho (or None), the number of models, and where there is no rho, why.

    >>> spread_and_controllability({"a": 0.1}, {"a": 0.5, "b": 0.2})
    (None, 1, '1 models have both numbers; 5 are needed')
    """
    both = sorted(variances.keys() & controllability.keys())
    if len(both) < FEWEST_MODELS:
        return None, len(both), f"{len(both)} models have both numbers; {FEWEST_MODELS} are needed"
    found = spearman([variances[model] for model in both], [controllability[model] for model in both])
    return (None, len(both), "one of the two does not vary") if math.isnan(found) else (found, len(both), None)


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None
