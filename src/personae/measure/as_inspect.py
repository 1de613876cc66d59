"""A measure as an Inspect task: one sample per case, one score per observation, the numbers as its metrics.

What was observed travels in the score's metadata, so a finished log can be summarised again without a model.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog, EvalSample, transcript
from inspect_ai.model import Model as InspectsModel
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.measure.progress import tell
from personae.measure.protocol import Case, Measure, Observation, Plan
from personae.measure.run_folder import LEDGER
from personae.models.cache import Cached
from personae.models.inspect import from_inspect
from personae.models.ledger import Ledger, Metered
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.types import Model, Settings

#: Replies in measurements are short: a spoken turn, not an essay.
REPLY_TOKENS = 48


class NothingToMeasure(UsageError):
    """A persona offers no case for a measure: no statements, or a language the measure cannot read."""

    def __init__(self, measure: Measure, plan: Plan) -> None:
        reasons = ", ".join(f"{count} {reason}" for reason, count in plan.missing.items()) or "it has no statements"
        super().__init__(f"nothing to measure for {measure.name!r}: {reasons}")
        self.measure = measure
        self.plan = plan


class MeasureTask(Task):
    """An Inspect task that still knows its measure and plan."""

    def __init__(self, measure: Measure, plan: Plan, **options: Any) -> None:
        super().__init__(**options)
        self.measure = measure
        self.plan = plan


def task_of(
    measure: Measure,
    persona: str,
    *,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> MeasureTask:
    """An Inspect task that takes this measure of the persona (a path or a starter's name).

    `cache` names a file that keeps every answer, so that nothing is paid twice. A call that this model cannot answer
    (too long, unreadable) makes its case "failed"; a model that cannot be reached stops the task, which may be taken
    up again. Raises NothingToMeasure for a persona without a single case.
    """
    settings = Settings(temperature=temperature, max_tokens=REPLY_TOKENS, seed=seed)
    return task_on(measure, find(persona), settings, cache=cache)


def task_on(
    measure: Measure, who: Persona, settings: Settings, *, cache: str | None = None, **metadata: Any
) -> MeasureTask:
    """As `task_of`, of a persona at hand; `metadata` goes into the log beside the persona and the seed."""
    plan = measure.plan(who)
    if not plan.cases:
        raise NothingToMeasure(measure, plan)
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset([Sample(id=case.id, input=case.input, metadata=dict(case.data)) for case in plan.cases]),
        solver=observe(measure, who, plan.cases, settings, cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={
            "persona": {"name": who.name, "content_hash": who.content_hash},
            "missing": dict(plan.missing),
            "seed": settings.seed,
            **metadata,
        },
    )


@solver
def observe(
    measure: Measure,
    persona: Persona,
    cases: Sequence[Case],
    settings: Settings,
    cache: str | None = None,
) -> Solver:
    """Let an agent that plays the persona go through the sample's case."""
    by_id = {case.id: case for case in cases}
    ledger = Ledger(Path(cache).with_name(LEDGER) if cache else None)

    @functools.cache
    def model_under_test(inspects: InspectsModel) -> Model:
        model = from_inspect(inspects)
        kept = Cached(model, cache) if cache is not None else model
        return Metered(kept, ledger, who=persona.name)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        case = by_id[str(state.sample_id)]
        agent = Agent(persona=persona, model=model_under_test(get_model()), settings=settings)
        try:
            observation = await measure.observe(agent, case)
        except (ContextOverflow, BadResponse) as error:
            observation = Observation(case.id, "failed", data={"error": str(error)})
        state.output = ModelOutput.from_content(str(state.model), observation.text)
        state.store.set("observation", dataclasses.asdict(observation))
        tell(measure.name, case.id)
        transcript().info({"outcome": observation.outcome, "value": observation.value}, source=measure.name)
        return state

    return solve


@scorer(metrics=[])
def observed() -> Scorer:
    """The observation as a score; an outcome without a value is unscored, with the outcome as the reason.

    What an observation's data call "explanation", or "error", is what `inspect view` shows beside the score.
    """

    async def score(state: TaskState, target: Target) -> Score:
        data: dict[str, Any] = state.store.get("observation")
        told: dict[str, Any] = {
            "answer": data["text"],
            "explanation": data["data"].get("explanation") or data["data"].get("error"),
            "metadata": {"observation": data},
        }
        if data["value"] is None:
            return Score.unscored(reason=data["outcome"], **told)
        return Score(value=data["value"], **told)

    return score


@metric
def summary(measure: Measure, persona: Persona) -> Metric:
    """The measure's own numbers: those that have a value, by name."""

    def compute(scores: list[SampleScore]) -> Value:
        observations = [_observation(score.score) for score in scores]
        measurements = measure.summarise(measure.plan(persona), observations)
        return {m.name: m.value for m in measurements if m.value is not None}

    return compute


def observations_in(log: EvalLog) -> list[Observation]:
    """What was observed in a log, finished or not, in the order of its samples."""
    return [_observation(score) for sample in log.samples or () for score in (_score(sample),) if score is not None]


def _score(sample: EvalSample) -> Score | None:
    return (sample.scores or {}).get("observed")


def _observation(score: Score) -> Observation:
    return Observation(**(score.metadata or {})["observation"])
