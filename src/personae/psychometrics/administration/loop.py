"""A whole questionnaire in one bounded loop: every call counted, every row kept as it comes, nothing asked twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.psychometrics.administration.asking import ask
from personae.psychometrics.administration.design import Design, Job, Respondent, respondent_of
from personae.psychometrics.administration.folder import Folder
from personae.psychometrics.administration.routes import ANSWER, scoring_method
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.rows import Row
from personae.types import Model, ScoringMethod, Settings, Usage

#: Told after every call: calls done (those of before among them), and calls planned.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Administration:
    """The rows of a design, in its order, and what this session did for them.

    planned: calls of the whole design; asked: made now; kept: there already. `usage` and `seconds` are of those asked.
    method:  how the model scores options, on the route "logprobs".
    """

    rows: tuple[Row, ...]
    planned: int
    asked: int
    kept: int
    usage: Usage
    seconds: float
    method: ScoringMethod | None = None

    @property
    def mass(self) -> float | None:
        """Mean probability that the options had together, before they were scaled; None where it is not known."""
        known = [row.mass for row in self.rows if row.mass is not None]
        return sum(known) / len(known) if known else None

    @property
    def by_status(self) -> dict[str, int]:
        """Rows by how they ended, "answered" first."""
        counts = Counter(row.status for row in self.rows)
        return dict(sorted(counts.items(), key=lambda each: (each[0] != "answered", -each[1])))


async def administer(
    model: Model,
    respondents: Sequence[Persona | Respondent],
    instrument: Instrument,
    design: Design | None = None,
    *,
    settings: Settings = ANSWER,
    out: Path | str | None = None,
    limit: int = 20,
    again: bool = False,
    progress: Progress | None = None,
) -> Administration:
    """Put every item to every respondent under every condition, at most `limit` calls at a time.

    out: a folder that keeps rows (`rows.jsonl`) as they come; rows that are there already are not asked again, so a
    run that was stopped or killed goes on where it was, and conditions may be added to it.
    again: ask "failed" rows of before once more; of two rows of one cell the later one counts.

    On the route "logprobs" one small question goes ahead, by which method the model scores.

    Raises `UsageError` for a design that cannot be put (see `Design`) or a model that cannot take the route, `RunError`
    for a folder with another run, and `ModelError`s that would meet every item; rows until then are kept.

    >>> from personae.models.scripted import Scripted
    >>> from personae.psychometrics.instrument import Item, Licence, Response
    >>> one = Instrument("one", (Item("a", "I like parties.", "E"),), Response(("no", "unsure", "yes")), Licence("MIT"))
    >>> done = asyncio.run(administer(Scripted(lambda messages: "unsure"), [Respondent("Ana")], one))
    >>> done.asked, done.by_status, [(row.order, row.answer, row.place) for row in done.rows]
    (2, {'answered': 2}, [('forward', 2, 1), ('reverse', 2, 1)])
    """
    people = [respondent_of(who) for who in respondents]
    design, method = await _settled(model, design or Design(), people, instrument, limit)
    jobs = list(design.jobs(people, instrument))
    folder = Folder(out) if out is not None else None
    known: dict[tuple[str, ...], Row] = {}
    if folder:
        folder.claim(instrument, people, settings)
        known = {row.cell: row for row in folder.rows()}
        known = {cell: row for cell, row in known.items() if not (again and row.status == "failed")}
    cells = [tuple(_cells(job, model.name, instrument)) for job in jobs]
    left = [job for job, wanted in zip(jobs, cells, strict=True) if not all(cell in known for cell in wanted)]
    session = _Session(model, instrument, settings, method, folder, known, progress, len(jobs), len(jobs) - len(left))
    start = time.perf_counter()
    session.tell()
    with folder or nullcontext():
        await _bounded(session.call, left, limit)
    rows = tuple(known[cell] for wanted in cells for cell in wanted)
    seconds = time.perf_counter() - start
    return Administration(rows, len(jobs), len(left), len(jobs) - len(left), session.usage, seconds, method)


@dataclass
class _Session:
    """What one call does: ask, keep, count, tell."""

    model: Model
    instrument: Instrument
    settings: Settings
    method: ScoringMethod | None
    folder: Folder | None
    known: dict[tuple[str, ...], Row]
    progress: Progress | None
    planned: int
    done: int
    usage: Usage = field(default_factory=Usage)

    async def call(self, job: Job) -> None:
        rows, readings = await ask(self.model, job, self.instrument, self.settings, self.method)
        new = {row.cell: row for row in rows if row.cell not in self.known}
        if self.folder:
            self.folder.add(new.values())
        self.known |= new
        self.usage = sum((reading.usage for reading in readings), self.usage)
        self.done += 1
        self.tell()

    def tell(self) -> None:
        if self.progress:
            self.progress(self.done, self.planned)


async def _settled(
    model: Model, design: Design, people: Sequence[Respondent], instrument: Instrument, limit: int
) -> tuple[Design, ScoringMethod | None]:
    """The design as this model can take it, and by which method it scores; nothing is asked of a design in error."""
    if limit < 1:
        raise UsageError(f"at least one call at a time, got the limit {limit!r}")
    design.check(people, instrument)
    method = await scoring_method(model) if design.route == "logprobs" else None
    return design.settled(method), method


def calls(respondents: Sequence[Respondent], instrument: Instrument, design: Design) -> int:
    """How many calls a design takes."""
    size = design.batch_size if design.mode == "batch" else 1
    chunks = -(-len(instrument.items) // size)
    return sum(sum(1 for _ in design.cells(one)) for one in respondents) * chunks


def _cells(job: Job, model: str, instrument: Instrument) -> Iterable[tuple[str, ...]]:
    """The cells of the rows a job gives; in the order of `rows.FACTORS`."""
    cell = job.cell
    tail = (cell.template, cell.label_set, cell.order, str(cell.seed), str(cell.repeat), cell.mode, cell.route)
    return ((job.respondent.name, model, instrument.id, item.id, *tail) for item in job.items)


async def _bounded(call: Callable[[Job], Awaitable[None]], jobs: Sequence[Job], limit: int) -> None:
    """Each job once, `limit` at a time; the first error stops the rest and is raised."""
    queue = iter(jobs)

    async def work() -> None:
        for job in queue:
            await call(job)

    tasks = [asyncio.create_task(work()) for _ in range(min(limit, len(jobs)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
