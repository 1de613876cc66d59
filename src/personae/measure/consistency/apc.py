"""APC: the expected number of a persona's statements that a reply satisfies, and what follows from it.

All functions take arrays whose last axis is the statements: `(statements,)` for one reply or `(replies, statements)`.
`asked` is p_rel, how likely the *query* asks for a statement – not how related the reply is to it. A statement that is
asked for is satisfied by a reply that entails it, one that is not by a reply that does not contradict it. A reply that
answers no query has NaN in `asked`, and then NaN for an APC.

Source: "Global Faithfulness in Persona-driven Role-playing", 2024. APC compares replies of one persona: it grows with
the number of statements. Between personas compare `apc_share` or `delta_apc_per_asked`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError

FloatArray = npt.NDArray[np.float64]

#: From this relevance to the query on a statement counts as asked for.
ASKED = 0.5


def apc_terms(asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> FloatArray:
    """Per statement, how likely it is satisfied: asked·P(E) + (1 − asked)·(1 − P(C)), 0 … 1.

    Raises UsageError for shapes that differ, or a number outside 0 … 1 (NaN is only allowed in `asked`).

    >>> apc_terms([0.9, 0.2, 0.05], [0.8, 0.1, 0.02], [0.05, 0.6, 0.01]).round(4).tolist()
    [0.815, 0.34, 0.9415]
    """
    p, e, c = _checked(asked, entailment, contradiction)
    return p * e + (1.0 - p) * (1.0 - c)


def apc(asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> FloatArray:
    """APC of each reply, 0 … number of statements: the sum of `apc_terms`.

    >>> round(float(apc([0.9, 0.2, 0.05], [0.8, 0.1, 0.02], [0.05, 0.6, 0.01])), 4)
    2.0965
    """
    total: FloatArray = apc_terms(asked, entailment, contradiction).sum(axis=-1)
    return total


def delta_apc(asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> FloatArray:
    """APC minus that of a reply which is neutral to every statement: Σ asked·P(E) − (1 − asked)·P(C).

    >>> round(float(delta_apc([0.9, 0.2, 0.05], [0.8, 0.1, 0.02], [0.05, 0.6, 0.01])), 4)
    0.2465
    """
    p, e, c = _checked(asked, entailment, contradiction)
    total: FloatArray = (p * e - (1.0 - p) * c).sum(axis=-1)
    return total


def apc_share(asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> FloatArray:
    """APC / number of statements, 0 … 1: the share of statements satisfied, comparable between personas."""
    shares: FloatArray = apc_terms(asked, entailment, contradiction).mean(axis=-1)
    return shares


def delta_apc_per_asked(asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike) -> float | None:
    """ΔAPC / Σ asked, over all replies given: 1 when everything asked for is shown and nothing contradicted.

    It has no lower end. Sums are taken before dividing, so that a reply nobody asked anything of does not blow it up.
    None when nothing at all was asked.

    >>> round(delta_apc_per_asked([0.9, 0.2, 0.05], [0.8, 0.1, 0.02], [0.05, 0.6, 0.01]), 5)
    0.21435
    """
    gained = delta_apc(asked, entailment, contradiction)
    wanted = float(np.nansum(np.asarray(asked, dtype=np.float64)))
    return float(np.nansum(gained)) / wanted if wanted > 0 else None


def apc_of_asked(
    asked: npt.ArrayLike, entailment: npt.ArrayLike, contradiction: npt.ArrayLike, *, at: float = ASKED
) -> float | None:
    """Mean term over the active cells, those with `asked` ≥ `at`, 0 … 1; None when there are none.

    >>> apc_of_asked([0.9, 0.2], [0.8, 0.1], [0.05, 0.6])
    0.8150000000000001
    """
    terms = apc_terms(asked, entailment, contradiction)
    active = np.asarray(asked, dtype=np.float64) >= at
    return float(terms[active].mean()) if active.any() else None


@dataclass(frozen=True, slots=True)
class OverTurns:
    """A value followed through a talk. `slope` is the least-squares change per turn, None for fewer than two turns."""

    mean: float
    minimum: float
    slope: float | None
    n: int


def over_turns(values: npt.ArrayLike) -> OverTurns | None:
    """Mean, minimum and slope over the turns of one talk; NaN turns are left out, None when no turn is left.

    >>> over_turns([1.0, 2.0, 4.0])
    OverTurns(mean=2.3333333333333335, minimum=1.0, slope=1.5, n=3)
    """
    array = np.asarray(values, dtype=np.float64)
    there = np.flatnonzero(~np.isnan(array))
    if not there.size:
        return None
    kept = array[there]
    centred = there - there.mean()
    slope = float(centred @ kept / (centred @ centred)) if there.size > 1 else None
    return OverTurns(float(kept.mean()), float(kept.min()), slope, int(there.size))


def _checked(*arrays: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    asked, entailment, contradiction = (np.asarray(array, dtype=np.float64) for array in arrays)
    if not asked.shape == entailment.shape == contradiction.shape or not asked.ndim or not asked.shape[-1]:
        shapes = f"{asked.shape}, {entailment.shape} and {contradiction.shape}"
        raise UsageError(f"asked, entailment and contradiction have the shapes {shapes}; they must be equal, not empty")
    for name, array in (("entailment", entailment), ("contradiction", contradiction), ("asked", asked)):
        inside = (array >= 0) & (array <= 1) | (np.isnan(array) if name == "asked" else False)
        if not inside.all():
            raise UsageError(f"{name} holds {float(array[~inside][0])!r}, which is no probability (0 … 1)")
    return asked, entailment, contradiction
