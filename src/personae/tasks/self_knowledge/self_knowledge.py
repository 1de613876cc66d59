"""Self-knowledge: does the model, as this persona, prefer the true answer about itself?

inspect eval personae/self_knowledge --model personae/embedded
inspect eval personae/self_knowledge --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def self_knowledge(
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    options: int = 4,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """A forced choice per statement, with floor and ceiling.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: Ask about at most this many statements.
        options: Answers to choose from; chance is 1/options.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.self_knowledge import SelfKnowledge

    return task_of(
        SelfKnowledge(options=options, n=n, seed=seed), persona, seed=seed, temperature=temperature, cache=cache
    )
