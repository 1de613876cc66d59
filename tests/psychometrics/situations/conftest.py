"""Respondents with a known way of choosing, who read the lettered options and nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import pytest

from personae.models import Scripted
from personae.psychometrics.situations import Situation, own_situations
from personae.types import Message

Taste = Callable[[Situation, int], float]

LISTED = re.compile(r"^([A-D])\. (.+)$", re.MULTILINE)


def _shown(messages: Sequence[Message]) -> tuple[Situation, list[int]] | None:
    """The situation asked, and which of its options stands at each letter."""
    texts = [text for _, text in LISTED.findall(messages[-1].content)]
    for situation in own_situations():
        if sorted(texts) == sorted(situation.options):
            return situation, [situation.options.index(text) for text in texts]
    return None


@pytest.fixture
def by_content() -> Callable[[Taste], Scripted]:
    """A model that gives each option the weight `taste(situation, option)`, wherever it stands."""

    def build(taste: Taste) -> Scripted:
        def scores(messages: Sequence[Message], options: Sequence[str]) -> list[float]:
            found = _shown(messages)
            weights = [1.0] * len(options) if found is None else [taste(found[0], option) for option in found[1]]
            return [math.log(weight / sum(weights)) if weight else -math.inf for weight in weights]

        return Scripted(option_scores=scores)

    return build


@pytest.fixture
def by_place() -> Callable[[Sequence[float]], Scripted]:
    """A model with a fixed preference for letters, whatever stands there."""

    def build(shares: Sequence[float]) -> Scripted:
        return Scripted(
            option_scores=lambda _, options: [math.log(s) if s else -math.inf for s in shares[: len(options)]]
        )

    return build
