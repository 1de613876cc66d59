"""A measure without Inspect: every case of a plan observed in a bounded loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow
from personae.measure.protocol import Case, Measure, Observation, Plan


async def observe_all(
    measure: Measure,
    agent: Agent,
    plan: Plan,
    *,
    at_once: int = 20,
    on_done: Callable[[str, int, int], None] | None = None,
) -> list[Observation]:
    """Every case of the plan, at most `at_once` at a time, in the order of the plan.

    A call that the model cannot answer makes its case "failed"; a model that cannot be reached is raised, and what is
    under way stops. `on_done` hears the measure's name, how many cases are done and of how many.
    """
    gate, done = asyncio.Semaphore(at_once), 0

    async def one(case: Case) -> Observation:
        nonlocal done
        async with gate:
            try:
                seen = await measure.observe(agent, case)
            except (BadResponse, ContextOverflow) as error:
                seen = Observation(case.id, "failed", data={"error": str(error)})
        done += 1
        if on_done is not None:
            on_done(measure.name, done, len(plan.cases))
        return seen

    tasks = [asyncio.ensure_future(one(case)) for case in plan.cases]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
