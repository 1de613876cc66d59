"""Vectors as a store takes them: finite, not zero, all of one length; and the exact cosine by which they are ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.memory.store.roles import Kept
from personae.memory.turns import Turn


def one_vector(vector: Any) -> Any:
    """A vector as float32 of shape (dimensions,). Raises UsageError where it has another shape or no direction."""
    try:
        array = np.asarray(vector, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{type(vector).__name__} is no vector of numbers") from error
    if array.ndim != 1 or not array.size:
        raise UsageError(f"a vector has the shape {array.shape}; give (dimensions,)")
    if not np.isfinite(array).all() or not array.any():
        raise UsageError("a vector is all zero or holds a value that is not finite; it points nowhere")
    return array


def paired(turns: Iterable[Turn], vectors: Any) -> Iterator[Kept]:
    """Turns with their vectors, or without. Raises UsageError where there are more of the one than of the other."""
    if vectors is None:
        yield from map(Kept, turns)
        return
    rest, number = iter(vectors), 0
    for number, turn in enumerate(turns, start=1):
        for vector in islice(rest, 1):
            yield Kept(turn, one_vector(vector))
            break
        else:
            raise UsageError(f"there are more turns than the {number - 1} vectors; give one for each turn")
    if next(rest, None) is not None:
        raise UsageError(f"there are more vectors than the {number} turns; give one for each turn")


def same_length(found: int, held: int) -> None:
    """Raises UsageError where a vector has another length than those a store holds."""
    if found != held:
        raise UsageError(f"a vector has {found} dimensions, but this store holds vectors of {held}; use one embedder")


def cosines(vector: Any, others: Sequence[Any]) -> Any:
    """Cosine with each of the others, float64 of shape (others,), computed alike on every database."""
    if not len(others):
        return np.zeros(0)
    rows, asked = np.asarray(others, dtype=np.float64), np.asarray(vector, dtype=np.float64)
    return (rows * asked).sum(axis=1) / np.sqrt((rows * rows).sum(axis=1) * (asked * asked).sum())
