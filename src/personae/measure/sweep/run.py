"""The runner: every cell of a design once, a bounded number of calls at a time, nothing asked twice, nothing lost.

Only keys are held in memory; replies go to the table as they come. A run that was killed repeats at most the calls that
were under way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.measure.sweep.design import Cell, Design
from personae.measure.sweep.rows import Row, Table
from personae.types import Completion, Model

#: Calls under way at once, unless told otherwise.
LIMIT = 20

#: Told after every call: cells done, those of before among them, and cells planned.
OnStep = Callable[[int, int], None]


@dataclass(frozen=True)
class Sweep:
    """A finished sweep: its design, and where the rows lie.

    asked:    calls made now; kept: cells that were there already.
    outcomes: how the cells ended, counted.
    """

    design: Design
    model: str
    table: Table
    keys: frozenset[str]
    asked: int
    kept: int
    outcomes: Mapping[str, int]

    def rows(self) -> Iterator[Row]:
        """The rows of the design, one a cell, as they came."""
        return self.table.rows(self.keys)


async def sweep(
    design: Design,
    model: Model,
    path: Path | str,
    *,
    limit: int = LIMIT,
    again: bool = False,
    on_step: OnStep | None = None,
) -> Sweep:
    """Ask every cell whose key is not yet in the table at `path`, at most `limit` at a time.

    again: ask cells that failed before once more. A cell fails where the model cannot answer it (too long, unreadable);
    a model that cannot be reached, or bars us, ends the run with its `ModelError`, and what was answered is kept.
    Raises `UsageError` for a limit below 1, `FormatError` for a table that is none.

    >>> import tempfile
    >>> from personae.measure.sweep import Item, Subject, instruction
    >>> from personae.models.scripted import Scripted
    >>> design = Design.of((Subject("b", "a baker"),), (instruction("speak"),), (Item("q", "Why?"),))
    >>> done = asyncio.run(sweep(design, Scripted(lambda messages: "Because."), f"{tempfile.mkdtemp()}/rows.jsonl"))
    >>> done.asked, dict(done.outcomes)
    (4, {'answered': 4})
    """
    if limit < 1:
        raise UsageError(f"at least one call at a time, got the limit {limit!r}")
    table = Table(path)
    keys = frozenset(key for key, _ in design.keyed(model))
    finished = keys & table.keys(failed=not again)
    done = kept = len(finished)
    if on_step:
        on_step(done, len(design))
    queue = iter((key, cell) for key, cell in design.keyed(model) if key not in finished)

    async def work() -> None:
        nonlocal done
        for key, cell in queue:
            table.add(await _asked(model, design, key, cell))
            done += 1
            if on_step:
                on_step(done, len(design))

    with table:
        await _together(work, min(limit, len(keys) - kept))
    outcomes = Counter[str](row.outcome for row in table.rows(keys))
    return Sweep(design, model.name, table, keys, len(keys) - kept, kept, outcomes)


def row_of(key: str, cell: Cell, said: Completion | str) -> Row:
    """The row of a cell: what the model said, or why it could not."""
    where = (key, cell.subject.id, cell.subject.category, cell.instruction.id, cell.item.id, cell.seed)
    if isinstance(said, str):
        return Row(*where, said[:500], "", "failed")
    return Row(*where, said.text, said.stop, said.outcome, said.usage.prompt_tokens + said.usage.completion_tokens)


async def _asked(model: Model, design: Design, key: str, cell: Cell) -> Row:
    try:
        said: Completion | str = await model.generate(cell.messages, replace(design.settings, seed=cell.seed))
    except (BadResponse, ContextOverflow) as error:
        said = str(error)
    return row_of(key, cell, said)


async def _together(work: Callable[[], Coroutine[Any, Any, None]], count: int) -> None:
    """So many workers on one queue; the first error stops the others and is raised as it is."""
    tasks = [asyncio.create_task(work()) for _ in range(count)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
