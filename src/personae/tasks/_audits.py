"""One suite of `personae audit` as an Inspect task: one sample per cell, controls among them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from personae.measure.as_inspect import MeasureTask, task_on
from personae.measure.audits import Sources, open_suite, who_is
from personae.measure.sweep.suite import SuiteMeasure


def audit_task(
    suite: str,
    persona: str | list[str],
    *,
    data: str | None,
    n: int | None,
    repeats: int | None,
    toxicity: str | None = None,
    instructions: str | list[str] = "",
    mitigations: str | list[str] = "",
    max_tokens: int | None,
    seed: int,
    cache: str | None,
) -> MeasureTask:
    """The suite on these personas: files, starters, lists of phrases, or "people"; several separated by commas.

    `max_tokens` replaces the suite's own limit; replies that it cuts off are invalid.
    """
    names = [persona] if isinstance(persona, str) else persona
    sources = Sources(
        data=Path(data) if data else None,
        n=n,
        repeats=repeats,
        seed=seed,
        toxicity=Path(toxicity) if toxicity else None,
        instructions=_listed(instructions),
        mitigations=_listed(mitigations),
        max_tokens=max_tokens,
    )
    subjects, shown = who_is(names)
    measure = SuiteMeasure(open_suite(suite, sources), subjects)
    return task_on(measure, shown, replace(measure.settings, seed=seed), cache=cache)


def _listed(names: str | list[str]) -> tuple[str, ...]:
    told = re.split("[,+]", names) if isinstance(names, str) else names
    return tuple(name.strip() for name in told if name.strip())
