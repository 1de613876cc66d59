"""Style: does the persona keep one voice, and is it the voice of its examples?

inspect eval personae/style --model personae/embedded
inspect eval personae/style --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def style(
    persona: str = "lighthouse-keeper",
    n: int = 12,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Open lines answered, each reply read as a style vector.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: How many open lines are answered.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.style import Style

    return task_of(Style(n=n, seed=seed), persona, seed=seed, temperature=temperature, cache=cache)
