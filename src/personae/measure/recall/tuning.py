"""Weights of the default fusion, chosen without the conversation they are judged on.

Each conversation is left out in turn, the weights that find most on the others are taken, and the figure reported is
what those weights find on the one left out. Only this figure may be told of tuned weights.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.measure.recall.evidence import Reading, read
from personae.measure.recall.figures import recall_of
from personae.measure.recall.locomo import Dialogue
from personae.memory.retrieval import Retriever, Weights
from personae.memory.retrieval.fusion import Signals, order, weighted
from personae.types import Embedder

#: What is tried; words and meaning sum to 1.
GRID = tuple(
    Weights(words, round(1 - words, 2), named, talk, before, after)
    for words, named, talk, before, after in itertools.product(
        (0.4, 0.5, 0.6), (0.0, 0.1), (0.0, 0.15, 0.3, 0.4), (0.2, 0.3, 0.4), (0.2, 0.3)
    )
)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning found.

    held_out: question id → recall@k with weights chosen on the other conversations.
    chosen:   conversation → the weights it was judged with.
    overall:  the weights that find most on all conversations together, to be used from now on; what they find here is
              not reported.
    """

    held_out: dict[str, float]
    chosen: dict[str, Weights]
    overall: Weights


def leave_one_out(
    dialogues: Sequence[Dialogue],
    embedder: Embedder,
    *,
    k: int = 10,
    reading: Reading = "strict_legacy",
    grid: Sequence[Weights] = GRID,
) -> Tuned:
    """Tune turn recall@k. Raises UsageError for fewer than two conversations."""
    if len(dialogues) < 2:
        raise UsageError("one conversation cannot be left out of one; give a file with two or more")
    tables = {dialogue.id: _table(dialogue, embedder, k, reading, grid) for dialogue in dialogues}
    chosen: dict[str, Weights] = {}
    held_out: dict[str, float] = {}
    for name, table in tables.items():
        best = _best([other for key, other in tables.items() if key != name], grid)
        chosen[name] = grid[best]
        held_out |= {question: values[best] for question, values in table.items()}
    return Tuned(held_out, chosen, grid[_best(list(tables.values()), grid)])


#: Question id → recall with each of the weights.
Table = dict[str, list[float]]


def _table(dialogue: Dialogue, embedder: Embedder, k: int, reading: Reading, grid: Sequence[Weights]) -> Table:
    search = Retriever.of(dialogue.turns, embedder)
    names = [turn.id for turn in dialogue.turns]
    found: Table = {}
    for question in dialogue.questions:
        evidence = read(question.evidence, set(names), reading).listed
        if evidence or reading == "strict_legacy":
            signals = search.signals(question.text)
            found[question.id] = [_recall(signals, weights, names, evidence, k) for weights in grid]
    return found


def _recall(signals: Signals, weights: Weights, names: Sequence[str], evidence: Sequence[str], k: int) -> float:
    top = order(sum(weighted(signals, weights).values()))[:k]
    return recall_of([names[at] for at in top], evidence, k).recall


def _best(tables: Sequence[Table], grid: Sequence[Weights]) -> int:
    totals: Counter[int] = Counter()
    for table in tables:
        for values in table.values():
            totals.update(dict(enumerate(values)))
    return max(range(len(grid)), key=lambda at: (totals[at], -at))
