"""Trait accuracy: asked where it lives or what it does, does the answer show the card's value?

inspect eval personae/trait_accuracy --model personae/embedded
inspect eval personae/trait_accuracy --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def trait_accuracy(
    persona: str = "lighthouse-keeper",
    options: int = 4,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One open question per fact of the card, each answer read against other values of the fact.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        options: How many values of a fact are told apart, the persona's among them.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.traits import Traits

    return task_of(Traits(options=options, seed=seed), persona, seed=seed, temperature=temperature, cache=cache)
