"""Pairs of replies for preference tuning: of two samples the one that satisfies more of the persona is preferred.

The recipe of "Global Faithfulness in Persona-driven Role-playing" (2024): prompt with the statements most relevant to
the query, sample twice at temperature 1, and keep a pair if the APC of the two differ by more than .2. The scorer that
rewards must not be the one that evaluates afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.measure.consistency.apc import apc
from personae.measure.consistency.matrix import Exchange, Readable, consistency_matrix
from personae.models.embedder import supported
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import PairScorer

#: Two replies whose APC differ by no more than this are no pair (published).
MARGIN = 0.2
#: Statements that go into the prompt, by relevance to the query (published: 4 to 6).
PROMPTED = 5


@dataclass(frozen=True, slots=True)
class Preference:
    """A query with the reply to prefer and the one to reject, and the APC of both.

    `statements` are the texts to prompt with: those most relevant to the query, the most relevant first.
    """

    query: str
    chosen: str
    rejected: str
    chosen_apc: float
    rejected_apc: float
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preferences:
    """Pairs worth learning from; `missing` counts the others: "too_close", and replies that could not be read."""

    pairs: tuple[Preference, ...]
    missing: dict[str, int]


async def apc_pairs(
    scorer: PairScorer,
    persona: Persona | Sequence[Statement | str],
    samples: Iterable[tuple[str, str, str]],
    *,
    margin: float = MARGIN,
    top: int = PROMPTED,
    readable: Readable = supported,
) -> Preferences:
    """Preference pairs from (query, reply, other reply) samples of one persona.

    Kept are samples whose APC differ by more than `margin`. Raises UsageError for an empty query: without one there is
    no APC.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = ScriptedPairs({("By the sea.", "I live by the sea."): (0.0, 0.1, 0.9)},
    ...                        {("I live by the sea.", "Where do you live?"): 1.0})
    >>> sample = ("Where do you live?", "Who knows.", "By the sea.")
    >>> found = asyncio.run(apc_pairs(scorer, ["I live by the sea."], [sample]))
    >>> found.pairs[0].chosen, round(found.pairs[0].chosen_apc, 6)
    ('By the sea.', 0.9)
    """
    listed = list(samples)
    if not all(query.strip() for query, _, _ in listed):
        raise UsageError("a sample has an empty query; APC asks what the query wants, so give one")
    turns = [
        Exchange(f"{number}{side}", query, reply)
        for number, (query, one, other) in enumerate(listed)
        for side, reply in (("a", one), ("b", other))
    ]
    matrix = await consistency_matrix(scorer, persona, turns, readable=readable)
    rows = {each.id: row for row, each in enumerate(matrix.exchanges)}
    missing = dict(matrix.missing)
    if not matrix.statements:
        return Preferences((), missing)
    scores = apc(matrix.asked, matrix.entailment, matrix.contradiction) if rows else np.zeros(0)
    texts = [statement.text for statement in matrix.statements]
    pairs = []
    for number, (query, one, other) in enumerate(listed):
        a, b = rows.get(f"{number}a"), rows.get(f"{number}b")
        if a is None or b is None:
            continue
        if abs(scores[a] - scores[b]) <= margin:
            missing["too_close"] = missing.get("too_close", 0) + 1
            continue
        (better, chosen), (worse, rejected) = sorted(((scores[a], one), (scores[b], other)), reverse=True)
        prompted = tuple(texts[column] for column in top_statements(matrix.asked[a], top))
        pairs.append(Preference(query, chosen, rejected, float(better), float(worse), prompted))
    return Preferences(tuple(pairs), missing)


def top_statements(asked: npt.ArrayLike, k: int = PROMPTED) -> list[int]:
    """Columns of the `k` statements most relevant to a query, the most relevant first; of equals the first.

    >>> top_statements([0.1, 0.9, 0.5, 0.9], 3)
    [1, 3, 2]
    """
    return [int(column) for column in np.argsort(-np.asarray(asked, dtype=np.float64), kind="stable")[:k]]
