"""Every pair scorer, each opened the way a user would. A factory gives an open scorer and a clean end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from personae.models import open_pair_scorer
from personae.models.pairs.cache import CachedPairs
from personae.models.pairs.judge import JudgePairs
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.scripted import Scripted
from personae.types import PairScorer

Factory = Callable[[Path], AbstractContextManager[PairScorer]]


def script() -> ScriptedPairs:
    return ScriptedPairs(
        {("I have no pets.", "I own a dog."): (0.9, 0.1, 0.0), ("My dog is old.", "I own a dog."): (0.0, 0.2, 0.8)},
        {("I own a dog.", "I have no pets."): 0.75},
    )


@contextlib.contextmanager
def scripted(folder: Path) -> Iterator[PairScorer]:
    yield script()


@contextlib.contextmanager
def cached(folder: Path) -> Iterator[PairScorer]:
    scorer = CachedPairs(script(), folder / "pairs.db")
    yield scorer
    scorer.close()


@contextlib.contextmanager
def judge(folder: Path) -> Iterator[PairScorer]:
    """A model whose scores hang on the words of the prompt and of the option, so that no two pairs look alike."""

    def scores(messages, options):
        asked = messages[-1].content
        return [-1.0 - (len(asked) * len(option) % 7) for option in options]

    yield JudgePairs(Scripted(option_scores=scores))


@contextlib.contextmanager
def read_judge(folder: Path) -> Iterator[PairScorer]:
    """A model of which only the answer is read."""
    from contracts.reading import Reading

    yield JudgePairs(Reading(lambda options: options[0]))


@contextlib.contextmanager
def hf(folder: Path) -> Iterator[PairScorer]:
    from contracts.tiny_nli import save_tiny_nli

    saved = save_tiny_nli(folder / "tiny", ["LABEL_0", "LABEL_1", "LABEL_2"], order=(2, 0, 1))
    yield open_pair_scorer(f"hf/{saved}", batch=8)


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[PairScorer]:
    yield open_pair_scorer("embedded")


PAIR_SCORER_FACTORIES = [
    pytest.param(scripted, id="scripted"),
    pytest.param(cached, id="cached"),
    pytest.param(judge, id="judge"),
    pytest.param(read_judge, id="judge-read"),
    pytest.param(hf, id="hf", marks=pytest.mark.slow),
    pytest.param(embedded, id="embedded", marks=pytest.mark.slow),
]
