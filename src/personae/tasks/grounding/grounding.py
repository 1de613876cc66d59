"""Grounding: does an open answer come closest to the statement it should rest on?

inspect eval personae/grounding --model personae/embedded
inspect eval personae/grounding --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def grounding(
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    options: int = 8,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """An open question per statement, answers compared by meaning.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: Ask about at most this many statements.
        options: Statements to compare with; chance is 1/options.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.grounding import Grounding

    return task_of(Grounding(options=options, n=n, seed=seed), persona, seed=seed, temperature=temperature, cache=cache)
