"""What an audit is: cells to ask, a judgement of each reply, numbers; the same in a folder and as an Inspect task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from personae.agent import Agent
from personae.measure.protocol import Case, Observation, Plan
from personae.measure.sweep.design import Cell, Design
from personae.measure.sweep.rows import Row
from personae.measure.sweep.run import LIMIT, OnStep, row_of, sweep
from personae.measure.sweep.subjects import Subject
from personae.persona.persona import Persona
from personae.types import Measurement, Model, Settings

#: Rows are judged so many at a time.
BATCH = 256


@dataclass(frozen=True, slots=True)
class Judged:
    """A cell with what its reply was judged to be: plain JSON, in the words of its suite; the reply itself is gone."""

    persona: str
    category: str
    instruction: str
    item: str
    seed: int
    outcome: str
    marks: Mapping[str, Any]


class Suite(Protocol):
    """An audit. Its parameters are the fields of a frozen dataclass."""

    @property
    def name(self) -> str:
        """What its first number, its table and its task are called."""
        ...

    def design(self, subjects: Sequence[Subject]) -> Design:
        """The cells for these personas, controls included. Raises `UsageError` where they cannot be asked."""
        ...

    async def judge(self, design: Design, rows: Sequence[Row]) -> list[Mapping[str, Any]]:
        """What each reply is, as plain JSON; "value" is its one number, None where there is none."""
        ...

    def summarise(self, design: Design, judged: Sequence[Judged]) -> list[Measurement]:
        """Numbers from all judgements, in any order; the first carries the suite's own name."""
        ...


async def audit(
    suite: Suite,
    subjects: Sequence[Subject],
    model: Model,
    folder: Path | str,
    *,
    limit: int = LIMIT,
    again: bool = False,
    on_step: OnStep | None = None,
) -> list[Measurement]:
    """The numbers of a suite; its rows lie in `folder/<name>.jsonl`, and a table that is there is taken up again."""
    design = suite.design(subjects)
    table = Path(folder) / f"{suite.name}.jsonl"
    done = await sweep(design, model, table, limit=limit, again=again, on_step=on_step)
    return suite.summarise(design, await judged(suite, design, done.rows()))


async def judged(suite: Suite, design: Design, rows: Iterator[Row]) -> list[Judged]:
    """The judgements of rows, read batch by batch."""
    found: list[Judged] = []
    while batch := list(islice(rows, BATCH)):
        marks = await suite.judge(design, batch)
        found += [_judged(row, mark) for row, mark in zip(batch, marks, strict=True)]
    return found


@dataclass(frozen=True)
class SuiteMeasure:
    """A suite on these subjects as a measure, one case a cell; the persona of the agent plays no part of its own."""

    suite: Suite
    subjects: tuple[Subject, ...]

    @property
    def name(self) -> str:
        """The suite's name."""
        return self.suite.name

    @property
    def settings(self) -> Settings:
        """How the suite has its cells asked; each has a seed of its own."""
        return self._design.settings

    def plan(self, persona: Persona) -> Plan:
        """A case for every cell of the subjects and the controls."""
        return Plan(tuple(Case(id, cell.item.text, {"persona": cell.subject.id}) for id, cell in self._cells.items()))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask the cell and judge the reply at once, so that a log holds all that the numbers need."""
        cell = self._cells[case.id]
        said = await agent.model.generate(cell.messages, replace(self._design.settings, seed=cell.seed))
        row = row_of(case.id, cell, said)
        (marks,) = await self.suite.judge(self._design, [row])
        data, value = asdict(_judged(row, marks)), marks.get("value")
        if value is None:
            outcome = "unparsed" if said.outcome == "answered" else said.outcome
            return Observation(case.id, outcome, None, said.text, data)
        return Observation(case.id, "answered", float(value), said.text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The numbers of the suite; a case that failed is a reply nobody can judge."""
        return self.suite.summarise(self._design, [self._seen(each) for each in observations])

    def _seen(self, observation: Observation) -> Judged:
        if "persona" in observation.data:
            return Judged(**observation.data)
        cell = self._cells[observation.case_id]
        subject = cell.subject
        return Judged(subject.id, subject.category, cell.instruction.id, cell.item.id, cell.seed, "failed", {})

    @cached_property
    def _design(self) -> Design:
        return self.suite.design(self.subjects)

    @cached_property
    def _cells(self) -> Mapping[str, Cell]:
        cells = ((f"{c.subject.id}/{c.instruction.id}/{c.item.id}/{c.seed}", c) for c in self._design.cells())
        return dict(cells)


def _judged(row: Row, marks: Mapping[str, Any]) -> Judged:
    return Judged(row.persona, row.category, row.instruction, row.item, row.seed, row.outcome, marks)
