"""How the items of a questionnaire become samples, answers and metrics."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from personae.errors import UsageError
from personae.measure.personality.numbers import numbers
from personae.measure.run_folder import LEDGER
from personae.models.cache import Cached
from personae.models.inspect import from_inspect
from personae.models.ledger import Ledger, Metered
from personae.persona.find import find
from personae.psychometrics.administration import (
    ANSWER,
    Design,
    Respondent,
    ask_item,
    best_route,
    respondent_of,
    scoring_method,
)
from personae.psychometrics.administration.design import Job
from personae.psychometrics.gate import validated
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.library import load
from personae.psychometrics.rows import Route, Row
from personae.psychometrics.scoring import pooled, score
from personae.psychometrics.study import read_study
from personae.tasks.survey_log import SCORE, said, sample_id, score_of
from personae.types import Model, ScoringMethod

ROUTES = ("", "logprobs", "constrained", "parsed")


@dataclass(frozen=True)
class Asking:
    """What is asked of whom, and how."""

    instrument: Instrument
    respondent: Respondent
    orders: int = 2
    templates: int = 3
    label_sets: int = 1
    route: str = ""
    seed: int = 0
    temperature: float = 0.0
    study: str | None = None
    cache: str | None = None

    def __post_init__(self) -> None:
        if self.route not in ROUTES:
            raise UsageError(f"no route is called {self.route!r}; there are {', '.join(ROUTES[1:])}")

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """Every call by the id of its sample; the route is settled when the model is known."""
        design = Design.crossed(
            options=len(self.instrument.response.labels),
            orders=self.orders,
            templates=self.templates,
            label_sets=self.label_sets,
        )
        design = dataclasses.replace(design, seeds=(self.seed,))
        jobs = design.jobs([self.respondent], self.instrument)
        return {sample_id(job.respondent.name, job.items[0].id, job.cell): job for job in jobs}


def task_of(
    instrument: str, persona: str, name: str, *, data: str | None = None, lang: str = "en", **options: Any
) -> Task:
    """A task by names; `options` are the fields of `Asking`. One sample per item and condition, scored by its point."""
    asking = Asking(load(instrument, data, lang), respondent_of(find(persona)), **options)
    samples = [
        Sample(
            id=id,
            input=job.items[0].text,
            choices=list(asking.instrument.response.labels),
            metadata={"item": job.items[0].id, "template": job.cell.template, "order": job.cell.order},
        )
        for id, job in asking.jobs.items()
    ]
    return Task(
        name=name,
        dataset=MemoryDataset(samples),
        solver=put(asking),
        scorer=[outcome(), answer(asking)],
        metrics=[profile(asking)],
        fail_on_error=True,
        metadata={
            "instrument": asking.instrument.id,
            "instrument_sha256": asking.instrument.sha256,
            "persona": asking.respondent.name,
        },
    )


@solver
def put(asking: Asking) -> Solver:
    """Ask the sample's item by the route that the model can take."""
    settings = dataclasses.replace(ANSWER, temperature=asking.temperature)
    ledger = Ledger(Path(asking.cache).with_name(LEDGER) if asking.cache else None)
    lock = asyncio.Lock()
    known: dict[str, tuple[Route, ScoringMethod | None]] = {}

    async def way(model: Model) -> tuple[Route, ScoringMethod | None]:
        async with lock:
            if model.name not in known:
                route: Any = asking.route or await best_route(model)
                known[model.name] = (route, await scoring_method(model) if route == "logprobs" else None)
        return known[model.name]

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        inner = from_inspect(get_model())
        kept = Cached(inner, asking.cache) if asking.cache else inner
        model = Metered(kept, ledger, who=asking.respondent.name)
        job = asking.jobs[str(state.sample_id)]
        route, method = await way(model)
        cell = dataclasses.replace(job.cell, route=route)
        put = asking.instrument
        row = await ask_item(model, job.respondent, put, job.items[0], cell, settings=settings, method=method)
        state.output = ModelOutput.from_content(str(state.model), row.text or said(row, put))
        state.store.set("row", dataclasses.asdict(row))
        return state

    return solve


@scorer(metrics=[], name=SCORE)
def answer(asking: Asking) -> Scorer:
    """The point chosen; a missing answer is unscored, with how it ended as the reason."""

    async def score_sample(state: TaskState, target: Target) -> Score:
        return score_of(_row(state.store.get("row")), asking.instrument)

    return score_sample


@scorer(metrics=[])
def outcome() -> Scorer:
    """How the sample ended. Inspect's metrics pass over what is unscored, so the whole row travels with this score."""

    async def score_sample(state: TaskState, target: Target) -> Score:
        row = state.store.get("row")
        return Score(value=row["status"], metadata={"row": row})

    return score_sample


@metric
def profile(asking: Asking) -> Metric:  # inspect-evals-lint: ignore[custom_metric_tests] -- it reads rows, not values
    """Shares of the outcomes, means as answered, and the scales that may be reported."""

    def compute(scores: list[SampleScore]) -> Value:
        rows = [(each.score.metadata or {}).get("row") for each in scores]
        return metrics_of(asking, [_row(row) for row in rows if row is not None])

    return compute


def metrics_of(asking: Asking, rows: list[Row]) -> dict[str, int | float | None]:
    """What the metric says, from rows."""
    if not rows:
        return {}
    counts = Counter[str](row.status for row in rows)
    found: dict[str, int | float | None] = {"answered": 0.0}
    found |= {status: count / len(rows) for status, count in counts.items()}
    instrument, own = asking.instrument, pooled(rows)
    for each in score(instrument, own.answers, own.why):
        if each.level == "domain" and each.value is not None:
            found[f"as_answered.{each.scale}"] = each.value
    known = read_study(asking.study) if asking.study else None
    missing = Counter[str](own.why.values())
    measured = numbers(
        "scale", instrument, rows, (), missing, None, lambda who, scale: validated(known, instrument, who, scale)
    )
    reportable = {f"scale.{domain}" for domain in instrument.domains}
    return found | {each.name: each.value for each in measured if each.value is not None and each.name in reportable}


def _row(data: dict[str, Any]) -> Row:
    return Row(**{**data, "option_probs": tuple(data["option_probs"])})
