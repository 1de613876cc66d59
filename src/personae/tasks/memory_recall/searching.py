"""How a question is searched for and judged: one ranked list a sample, recall by code over all of them."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from personae.measure.recall.evaluate import Row, Setup, rows_of
from personae.measure.recall.evidence import read
from personae.measure.recall.locomo import Dialogue, Question
from personae.measure.recall.rankings import ranker
from personae.stats.intervals import bootstrap


def samples_of(dialogues: Sequence[Dialogue], setup: Setup) -> list[tuple[Dialogue, Question]]:
    """The questions that can be judged: all of them, "repaired" only those with evidence."""
    found = []
    for dialogue in dialogues:
        known = {turn.id for turn in dialogue.turns}
        for question in dialogue.questions:
            if setup.reading == "strict_legacy" or read(question.evidence, known).turns:
                found.append((dialogue, question))
    return found


def record_to_sample(dialogue: Dialogue, question: Question) -> Sample:
    """The question as a sample; its target is the evidence as the file has it."""
    return Sample(
        id=question.id,
        input=question.text,
        target=list(question.evidence) or "",
        metadata={"dialogue": dialogue.id, "code": question.code},
    )


@solver
def search(dialogues: Sequence[Dialogue], setup: Setup, cache: str | None = None) -> Solver:
    """Rank the conversation's turns or sessions for the sample's question. A conversation is indexed at its first."""
    by_id = {dialogue.id: dialogue for dialogue in dialogues}
    questions = {question.id: question for dialogue in dialogues for question in dialogue.questions}
    at_once = asyncio.Lock()

    @functools.cache
    def embedder() -> Any:
        from personae.models.embedder import MiniLM
        from personae.models.vector_cache import CachedEmbedder

        return None if setup.retriever == "bm25" else CachedEmbedder(MiniLM(), cache)

    @functools.cache
    def rank_of(name: str) -> Any:
        return ranker(setup.retriever, by_id[name], embedder(), level=setup.level, weights=setup.weights)

    def row(name: str, question: Question) -> Row:
        alone = dataclasses.replace(by_id[name], questions=(question,))
        return rows_of(alone, rank_of(name), setup)[0]

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async with at_once:
            found = await asyncio.to_thread(row, state.metadata["dialogue"], questions[str(state.sample_id)])
        state.store.set("found", found.as_data(setup.k))
        state.output = ModelOutput.from_content(str(state.model), ", ".join(found.top))
        return state

    return solve


@scorer(metrics=[])
def evidence_found(k: int) -> Scorer:
    """The share of the evidence among the first k."""

    async def score(state: TaskState, target: Target) -> Score:
        found: dict[str, Any] = state.store.get("found")
        said = f"evidence {', '.join(found['evidence']) or 'none'}; best at {found['rank'] or 'no place'}"
        return Score(value=found["recall"], answer=state.output.completion, explanation=said, metadata=found)

    return score


@metric
def summary(k: int, seed: int = 0) -> Metric:
    """Mean recall at k with its interval, and by code."""

    def compute(scores: list[SampleScore]) -> Value:
        by_code: dict[int, list[float]] = {}
        for one in scores:
            by_code.setdefault((one.score.metadata or {})["category"], []).append(one.score.as_float())
        overall = bootstrap([value for values in by_code.values() for value in values], seed=seed)
        bounds = {"low": overall.low, "high": overall.high, "recall": overall.value}
        found = {f"code_{code}": sum(values) / len(values) for code, values in sorted(by_code.items())}
        named = {
            f"recall_at_{k}" if name == "recall" else f"recall_at_{k}_{name}": value for name, value in bounds.items()
        }
        return {name: value for name, value in named.items() if value is not None} | found

    return compute
