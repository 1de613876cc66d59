"""A pair scorer that follows a rule given in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest


class Rule:
    """P(C) from a function of (premise, hypothesis), the rest neutral. Keeps how many pairs each call had."""

    name = "rule"

    def __init__(self, contradiction: Callable[[str, str], float]) -> None:
        self._contradiction = contradiction
        self.calls: list[int] = []

    @property
    def provenance(self) -> Mapping[str, str]:
        return {"checkpoint": "rule", "data": "none", "validity": "ok"}

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        assert all(text.strip() for text in (*premises, *hypotheses)), "an empty text has no meaning"
        self.calls.append(len(premises))
        found = [float(self._contradiction(p, h)) for p, h in zip(premises, hypotheses, strict=True)]
        return np.array([(c, 1 - c, 0.0) for c in found], dtype=np.float32).reshape(len(found), 3)

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: str = "reply") -> Any:
        return np.zeros(len(texts), dtype=np.float32)


@pytest.fixture
def rule() -> type[Rule]:
    return Rule
