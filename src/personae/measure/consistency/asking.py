"""Pairs put to a scorer, and what came back held to its contract. A pair without an answer is NaN, never a number."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import BadResponse
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import PairScorer, Side

FloatArray = npt.NDArray[np.float64]

#: Probabilities may leave 0 … 1 by this much, no further.
ROUNDING = 1e-3


async def judged(scorer: PairScorer, premises: Sequence[str], hypotheses: Sequence[str]) -> FloatArray:
    """P(C), P(N), P(E) of each pair, `(pairs, 3)`; NaN rows for pairs the scorer gave no answer to.

    Raises BadResponse where it gives anything but probabilities.
    """
    return await _held(scorer.score(premises, hypotheses), (len(premises), 3))


async def related(scorer: PairScorer, statements: Sequence[str], texts: Sequence[str], *, to: Side) -> FloatArray:
    """Relevance of each pair, `(pairs,)`; NaN for pairs the scorer gave no answer to."""
    return await _held(scorer.relevance(statements, texts, to=to), (len(statements),))


async def _held(work: Awaitable[Any], shape: tuple[int, ...]) -> FloatArray:
    unanswered = False
    try:
        values = await work
    except PairsUnanswered as error:
        values, unanswered = error.rows, True
    array = np.asarray(values, dtype=np.float64)
    fine = (array > -ROUNDING) & (array < 1 + ROUNDING)
    if array.shape != shape or not (fine | np.isnan(array) if unanswered else fine).all():
        raise BadResponse(f"the pair scorer gave an array of {array.shape} for {shape} probabilities, or NaN in it")
    return np.clip(array, 0.0, 1.0)
