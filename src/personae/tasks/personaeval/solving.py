"""How an item of role identification is asked and scored: every rotation, with the figures of a card."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.model import Model as InspectsModel
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from personae.judges.qualification.speakers import SpeakerItem, lexical_baseline
from personae.models.cache import Cached
from personae.models.choices import Asked, Way, ask, orders
from personae.models.choices.ways import Put, opened
from personae.models.inspect import from_inspect
from personae.stats.choices import credit, identification
from personae.types import Model


def record_to_sample(item: SpeakerItem) -> Sample:
    """The item as a sample: the prompt without its options, the candidates, the name of who says it."""
    return Sample(
        id=item.id,
        input=item.mcq().messages()[-1].content,
        choices=list(item.mcq().options),
        target=item.candidates[item.gold].name,
        metadata={"gold": item.gold, "candidates": [who.name for who in item.candidates]},
    )


@solver
def identify(items: Sequence[SpeakerItem], way: Way = "shares", seed: int = 0, cache: str | None = None) -> Solver:
    """Ask who says the sample's reply, in every rotation."""
    by_id = {item.id: item for item in items}

    @functools.cache
    def under_test(inspects: InspectsModel) -> asyncio.Task[Put]:
        model: Model = from_inspect(inspects)
        return asyncio.ensure_future(opened(Cached(model, cache) if cache is not None else model, way))

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        mcq = by_id[str(state.sample_id)].mcq()
        asked = await ask(await under_test(get_model()), mcq, orders(mcq, seed=seed))
        state.store.set("asked", as_data(asked))
        state.output = ModelOutput.from_content(str(state.model), _explained(asked, _names(state)))
        return state

    return solve


@scorer(metrics=[])
def identified() -> Scorer:
    """The share of rotations in which the speaker came first; without any answer unscored, and why."""

    async def score(state: TaskState, target: Target) -> Score:
        asked: dict[str, Any] = state.store.get("asked")
        names, gold = _names(state), state.metadata["gold"]
        metadata = {"asked": asked, "gold": gold}
        if not asked["rows"]:
            return Score.unscored(reason=asked["outcome"], explanation=state.output.completion, metadata=metadata)
        share = sum(credit(row, gold) for row in asked["rows"]) / len(asked["rows"])
        best = max(range(len(names)), key=asked["shares"].__getitem__)
        said = f"{target.text} says it. {state.output.completion}"
        return Score(value=share, answer=names[best], explanation=said, metadata=metadata)

    return score


@metric
def summary(items: Sequence[SpeakerItem]) -> Metric:
    """Top-1 and the other figures, beside what chance, shared words and a uniform answer reach on the same samples."""
    by_id = {item.id: item for item in items}

    def compute(scores: list[SampleScore]) -> Value:
        found = [(one.sample_id, one.score.metadata or {}) for one in scores]
        rows = [(row, data["gold"], name) for name, data in found for row in data["asked"]["rows"]]
        if not rows:
            return {}
        shares, gold, names = zip(*rows, strict=True)
        told = identification(shares, gold, questions=names)
        base = lexical_baseline([by_id[str(name)] for name in dict.fromkeys(names)])
        bounds = {"top_1_low": told.top_1.low, "top_1_high": told.top_1.high}
        return {
            "top_1": told.top_1.value or 0.0,
            **{name: value for name, value in bounds.items() if value is not None},
            "top_2": told.top_2.value or 0.0,
            "mean_rank": told.mean_rank,
            "brier": told.brier,
            "brier_uniform": told.uniform.brier,
            "ece": told.ece,
            "chance": base.chance,
            "lexical": base.lexical,
        }

    return compute


def as_data(asked: Asked) -> dict[str, Any]:
    """What came of an item as plain JSON data: rows in the order of the candidates, one per rotation answered."""
    return {
        "outcome": asked.outcome,
        "rows": [list(answer.by_option) for answer in asked.answered],
        "shares": list(asked.shares),
        "outcomes": [answer.outcome for answer in asked.answers],
        "why": [answer.why for answer in asked.answers if answer.why],
        "cut_words": asked.cut,
    }


def _names(state: TaskState) -> list[str]:
    names: list[str] = state.metadata["candidates"]
    return names


def _explained(asked: Asked, names: Sequence[str]) -> str:
    """The mean probability of every candidate, the likeliest first, and how rotations without an answer ended."""
    if not asked.answered:
        return f"No answer: {', '.join(answer.why or answer.outcome for answer in asked.answers)}"
    shares: Mapping[str, float] = dict(zip(names, asked.shares, strict=True))
    ranked = sorted(shares, key=lambda name: -shares[name])
    lost = [answer.outcome for answer in asked.answers if answer.outcome != "answered"]
    listed = ", ".join(f"{name} {shares[name]:.2f}" for name in ranked)
    orders_read = "one order" if len(asked.answered) == 1 else f"{len(asked.answered)} orders"
    return f"Mean over {orders_read}: {listed}." + (f" Lost: {', '.join(lost)}." if lost else "")
