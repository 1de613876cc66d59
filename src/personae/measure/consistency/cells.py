"""What a matrix says in words: statements shown, missed and violated, with the replies that did so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from personae.measure.consistency.apc import ASKED
from personae.measure.consistency.matrix import Matrix
from personae.types import CONTRADICTION, ENTAILMENT


@dataclass(frozen=True, slots=True)
class Cell:
    """One statement and one reply. `probability` is that of the list's class; for missed ones, of being asked for."""

    statement_id: str
    statement: str
    reply_id: str
    query: str
    reply: str
    probability: float

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


def violated(matrix: Matrix) -> list[Cell]:
    """Cells whose likeliest class is contradiction, the surest first."""
    return _cells(matrix, matrix.kinds == CONTRADICTION, matrix.contradiction)


def shown(matrix: Matrix) -> list[Cell]:
    """Cells whose likeliest class is entailment, the surest first."""
    return _cells(matrix, matrix.kinds == ENTAILMENT, matrix.entailment)


def missed(matrix: Matrix, *, at: float = ASKED) -> list[Cell]:
    """Cells asked for (relevance to the query ≥ `at`) and neither shown nor violated, the most asked first."""
    kinds = matrix.kinds
    left = (matrix.asked >= at) & (kinds != CONTRADICTION) & (kinds != ENTAILMENT)
    return _cells(matrix, left, matrix.asked)


def worst(matrix: Matrix) -> Cell | None:
    """The cell with the highest probability of contradiction, whatever its class; None for an empty matrix."""
    if not matrix.contradiction.size:
        return None
    at = matrix.contradiction == matrix.contradiction.max()
    return _cells(matrix, at, matrix.contradiction)[0]


def _cells(matrix: Matrix, chosen: Any, probabilities: Any) -> list[Cell]:
    rows, columns = np.nonzero(chosen)
    order = np.argsort(-probabilities[rows, columns], kind="stable")
    return [
        Cell(
            matrix.statements[column].id,
            matrix.statements[column].text,
            matrix.exchanges[row].id,
            matrix.exchanges[row].query,
            matrix.exchanges[row].reply,
            round(float(probabilities[row, column]), 4),
        )
        for row, column in zip(rows[order], columns[order], strict=True)
    ]
