"""A pair scorer that says what it was told to say: for tests and examples. It never guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.models.pairs.checks import check_pairs
from personae.types import Side

Rows = Mapping[tuple[str, str], Sequence[float]]
Relevances = Mapping[tuple[str, str], float]


class ScriptedPairs:
    """Looks pairs up and keeps a `history` of them.

    nli:      (premise, hypothesis) -> (P(C), P(N), P(E)); a pair that is not there is `otherwise`, neutral.
    relevant: (statement, text) -> relevance; a pair that is not there is 0.

    >>> import asyncio
    >>> scorer = ScriptedPairs({("I have no pets.", "I own a dog."): (0.9, 0.1, 0.0)})
    >>> rows = asyncio.run(scorer.score(["I have no pets.", "Hello."], ["I own a dog.", "I own a dog."]))
    >>> rows.argmax(axis=1).tolist()
    [0, 1]
    """

    def __init__(
        self,
        nli: Rows | None = None,
        relevant: Relevances | None = None,
        *,
        otherwise: Sequence[float] = (0.0, 1.0, 0.0),
        name: str = "scripted",
    ) -> None:
        self._nli, self._relevant, self._otherwise, self._name = nli or {}, relevant or {}, tuple(otherwise), name
        self.history: list[tuple[str, str]] = []

    @property
    def name(self) -> str:
        """The name given at the start."""
        return self._name

    @property
    def provenance(self) -> Mapping[str, str]:
        """A script is always valid."""
        return {"checkpoint": "script", "data": "none", "validity": "ok"}

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """The scripted rows."""
        import numpy as np

        check_pairs(premises, hypotheses)
        pairs = list(zip(premises, hypotheses, strict=True))
        self.history += pairs
        rows = [self._nli.get(pair, self._otherwise) for pair in pairs]
        return np.array(rows, dtype=np.float32).reshape(len(pairs), 3)

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """The scripted relevances; the same for queries and replies."""
        import numpy as np

        check_pairs(statements, texts)
        pairs = list(zip(statements, texts, strict=True))
        self.history += pairs
        return np.array([self._relevant.get(pair, 0.0) for pair in pairs], dtype=np.float32)
