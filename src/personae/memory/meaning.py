"""The vectors of turns. They may come after the turns are kept, and are made at the latest where turns are searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from personae.memory.retrieval.documents import all_parts
from personae.memory.store import Store
from personae.memory.turns import Turn
from personae.types import Embedder


def vectors(turns: Sequence[Turn], embedder: Embedder) -> Any:
    """One unit vector per turn, float32 of shape (turns, dimensions): of a long turn the mean of its parts'."""
    texts, places = all_parts([turn.document() for turn in turns])
    starts = np.searchsorted(places, np.arange(len(turns)))
    sums = np.add.reduceat(embedder.embed(texts), starts, axis=0)
    return (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)


def give_vectors(store: Store, turns: Sequence[Turn], embedder: Embedder) -> None:
    """Make the vectors of these turns and keep them with those that are still there.

    Raises UsageError, and changes nothing, for a store that another embedder has filled.
    """
    found = vectors(turns, embedder)
    with store.together():
        store.embedded_by(embedder.name)
        store.give_vectors(turns, found)
