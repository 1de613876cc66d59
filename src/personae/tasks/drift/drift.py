"""Drift: how long does the persona stay itself, in friendly talk and under pressure?

inspect eval personae/drift --model personae/embedded
inspect eval personae/drift --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def drift(
    persona: str = "lighthouse-keeper",
    probes: int = 6,
    options: int = 4,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Seven talks with probes beside them and a detector on every reply.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        probes: Forced choices at each checkpoint.
        options: Answers to choose from; chance is 1/options.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.drift import Drift

    return task_of(
        Drift(probes=probes, options=options, seed=seed), persona, seed=seed, temperature=temperature, cache=cache
    )
