"""Where scores come from when many people answer the same items several times: the item, the person, or chance.

Two-way variance components with repeats, the share that stays the same whoever answers (inertia), how alike the
rankings of any two people are, and whether a person's own answers repeat at all. Role-play at scale: Language Models
Show Stable Value Orientations (2024); components and inertia as our specification states them, from the expected mean
squares of a random two-way layout (Cornfield & Tukey 1956).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.stats.correlation import spearman
from personae.stats.intervals import FloatArray

#: A profile whose repeats agree less than this carries no verdict (our choice: more noise than signal).
MIN_RELIABILITY = 0.5

#: Most pairs of people whose rankings are compared; of more, a seeded sample is taken.
MOST_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class Components:
    """Variances of item, person × item and repeats; `negative` names those that were estimated below 0 and set to it.

    inertia:     σ²_item / (σ²_item + σ²_person×item), 0 (each person its own) … 1 (the same whoever answers);
                 None where neither varies.
    reliability: share of the variance of a person's centred item means that is not noise of repeats, 0 … 1.
    """

    item: float
    person_item: float
    repeats: float
    inertia: float | None
    reliability: float | None
    people: int
    items: int
    n_repeats: int
    negative: tuple[str, ...] = ()


def variance_components(scores_PIR: npt.ArrayLike) -> Components:
    """From scores of shape (people, items, repeats), each person's repeat centred on its own mean.

    σ²_item = (MS_item − MS_person×item) / (people · repeats),
    σ²_person×item = (MS_person×item − MS_repeats) / repeats.
    Raises UsageError for fewer than two people, items or repeats, and for values that are not finite.

    >>> rng = np.random.default_rng(0)
    >>> same_for_all = rng.normal(size=(1, 21, 1)) + 0.1 * rng.normal(size=(40, 21, 3))
    >>> round(variance_components(same_for_all).inertia, 2)
    1.0
    """
    scores = centred(scores_PIR)
    people, items, repeats = scores.shape
    cells, per_item = scores.mean(axis=2), scores.mean(axis=(0, 2))
    ms_item = people * repeats * float((per_item**2).sum()) / (items - 1)
    ms_cell = repeats * float(((cells - per_item) ** 2).sum()) / ((people - 1) * (items - 1))
    ms_rest = float(((scores - cells[:, :, None]) ** 2).sum()) / (people * (items - 1) * (repeats - 1))
    raw = {
        "item": (ms_item - ms_cell) / (people * repeats),
        "person_item": (ms_cell - ms_rest) / repeats,
        "repeats": ms_rest,
    }
    item, person_item = max(0.0, raw["item"]), max(0.0, raw["person_item"])
    total = item + person_item
    between = repeats * float((cells**2).sum()) / (people * (items - 1))
    return Components(
        item,
        person_item,
        ms_rest,
        item / total if total > 0 else None,
        min(1.0, max(0.0, 1 - ms_rest / between)) if between > 0 else None,
        people,
        items,
        repeats,
        tuple(name for name, value in raw.items() if value < 0),
    )


def centred(scores_PIR: npt.ArrayLike) -> FloatArray:
    """Scores less each person's own mean in each repeat: what is left is what they set above what."""
    scores = np.asarray(scores_PIR, dtype=np.float64)
    if scores.ndim != 3 or min(scores.shape) < 2:
        raise UsageError(f"give (people, items, repeats), two of each or more; got an array of shape {scores.shape}")
    if not np.isfinite(scores).all():
        raise UsageError("variance components need every score; leave people with missing items out and count them")
    less_own_mean: FloatArray = scores - scores.mean(axis=1, keepdims=True)
    return less_own_mean


def ranking_agreement(scores_PI: npt.ArrayLike, *, seed: int = 0) -> tuple[float | None, int]:
    """Mean Spearman rho between the profiles of two people, over pairs, and the number of pairs it rests on.

    All pairs up to 2,000, else a seeded sample of them. None where no pair has two profiles that vary.

    >>> ranking_agreement([[1.0, 2.0, 3.0], [2.0, 4.0, 5.0], [3.0, 2.0, 1.0]])
    (-0.3333333333333333, 3)
    """
    profiles = np.asarray(scores_PI, dtype=np.float64)
    people = len(profiles)
    first, second = np.triu_indices(people, k=1)
    if len(first) > MOST_PAIRS:
        chosen = np.random.default_rng(seed).choice(len(first), MOST_PAIRS, replace=False)
        first, second = first[chosen], second[chosen]
    found = [spearman(profiles[a], profiles[b]) for a, b in zip(first, second, strict=True)]
    defined = [rho for rho in found if not math.isnan(rho)]
    return (round(math.fsum(defined) / len(defined), 16) if defined else None), len(defined)


def realised_inertia(item_means: Sequence[float], spread: float) -> float:
    """What a simulation with these item means and a person × item standard deviation of `spread` should give.

    >>> realised_inertia([0.0, 2.0], 1.0)
    0.6666666666666666
    """
    variance = float(np.var(np.asarray(item_means, dtype=np.float64), ddof=1))
    return variance / (variance + spread**2) if variance + spread**2 > 0 else 0.0
