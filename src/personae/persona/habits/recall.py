"""Two looks into the habits: which event a turn is about, and which lines of its schema bear on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from personae.errors import UsageError
from personae.persona.habits.schema import HabitSchema, Line
from personae.types import Embedder


@dataclass(frozen=True)
class Recollection:
    """The schema nearest to a turn, its cosine (−1 … 1), and its nearest lines, best first."""

    schema: HabitSchema
    similarity: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Habits:
    """Schemas to remember by. A schema is as near as its event and the mean of its lines are, half each.

    Two-level retrieval as in "We are what we repeatedly do" (2023). Needs at least one schema.
    """

    schemas: Sequence[HabitSchema]
    embedder: Embedder

    def __post_init__(self) -> None:
        if not self.schemas:
            raise UsageError("no schemas to recall from; make some with `schema_of` or load a file")

    def similarities(self, text: str) -> Any:
        """Cosine of a text with each schema, float32 of shape (schemas,)."""
        return self._heads @ self.embedder.embed([text])[0]

    def recall(self, text: str, count: int = 5) -> Recollection:
        """The best schema for a text (the last user turn) and its `count` best lines (the paper takes 5)."""
        query = self.embedder.embed([text])[0]
        scores = self._heads @ query
        best = int(scores.argmax())
        lines, near = self.schemas[best].lines(), self._lines[best] @ query
        order = sorted(range(len(lines)), key=lambda index: -float(near[index]))[:count]
        return Recollection(self.schemas[best], float(scores[best]), tuple(lines[index] for index in order))

    @cached_property
    def _lines(self) -> list[Any]:
        return [self.embedder.embed([line.text for line in schema.lines()]) for schema in self.schemas]

    @cached_property
    def _heads(self) -> Any:
        import numpy as np

        events = self.embedder.embed([schema.event for schema in self.schemas])
        means = np.stack([lines.mean(axis=0) if len(lines) else events[i] for i, lines in enumerate(self._lines)])
        heads = events + means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return heads / np.maximum(np.linalg.norm(heads, axis=1, keepdims=True), 1e-9)
