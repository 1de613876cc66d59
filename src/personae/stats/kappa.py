"""How far two readers agree beyond chance: Cohen's kappa, plain or weighted by how far apart the labels are."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from personae.errors import UsageError
from personae.stats.distributions import normal_quantile
from personae.stats.intervals import FloatArray


@dataclass(frozen=True, slots=True)
class Kappa:
    """Kappa with its large-sample 95 % interval (Fleiss, Cohen & Everitt 1969), or the reason why there is none.

    agreement: the share of equal labels, 0 … 1; `expected` the (weighted) agreement by chance of two who use the
               labels as often.
    """

    value: float | None
    low: float | None
    high: float | None
    agreement: float | None
    expected: float | None
    n: int
    reason: str | None = None


def cohen_kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    labels: Sequence[Hashable] | None = None,
    weights: Literal["none", "linear", "quadratic"] = "none",
) -> Kappa:
    """(observed − expected) / (1 − expected) agreement over things that both labelled (Cohen 1960, 1968), −1 … 1.

    `labels` gives their order for weights (default: sorted); "quadratic" costs the square of the distance. A pair with
    None on a side is left out. Raises UsageError for lists of unequal length, and for a label that is not among them.

    >>> found = cohen_kappa(["yes"] * 25 + ["no"] * 25, ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15)
    >>> round(found.value, 6), found.agreement
    (0.4, 0.7)
    """
    if len(first) != len(second):
        raise UsageError(f"{len(first)} labels and {len(second)} are no pairs; give one each per thing, or None")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if not pairs:
        return Kappa(None, None, None, None, None, 0, "nothing was labelled by both")
    names = _names(pairs, labels)
    shares = np.zeros((len(names), len(names)))
    for a, b in pairs:
        shares[names[a], names[b]] += 1 / len(pairs)
    credit = _credit(len(names), weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((credit * shares).sum()), float(rows @ credit @ columns)
    agreement = sum(a == b for a, b in pairs) / len(pairs)
    if 1 - expected < 1e-12:
        return Kappa(None, None, None, agreement, expected, len(pairs), "both gave everything the same label")
    value = (observed - expected) / (1 - expected)
    half = normal_quantile(0.975) * _standard_error(shares, credit, observed, expected, len(pairs))
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half), agreement, expected, len(pairs))


def _names(pairs: Sequence[tuple[Hashable, Hashable]], labels: Sequence[Hashable] | None) -> dict[Hashable, int]:
    told = list(dict.fromkeys(label for pair in pairs for label in pair))
    if labels is None:
        return {label: place for place, label in enumerate(_in_order(told))}
    names = {label: place for place, label in enumerate(labels)}
    if odd := [label for label in told if label not in names]:
        raise UsageError(f"the label {odd[0]!r} is none of {list(labels)!r}")
    return names


def _in_order(labels: list[Hashable]) -> list[Hashable]:
    try:
        return sorted(labels)  # type: ignore[type-var]
    except TypeError:
        return sorted(labels, key=repr)


def _credit(k: int, weights: str) -> FloatArray:
    """What a pair of labels counts: 1 on the diagonal, less the further off."""
    if weights == "none" or k == 1:
        return np.eye(k)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return np.asarray(1 - apart ** {"linear": 1, "quadratic": 2}[weights], dtype=np.float64)


def _standard_error(shares: FloatArray, credit: FloatArray, observed: float, expected: float, n: int) -> float:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    spread = np.add.outer(credit @ columns, rows @ credit)
    terms = shares * (credit * (1 - expected) - spread * (1 - observed)) ** 2
    centre = observed * expected - 2 * expected + observed
    return math.sqrt(max(0.0, float(terms.sum()) - centre**2) / n) / (1 - expected) ** 2
