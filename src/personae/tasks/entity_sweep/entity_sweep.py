"""Entity sweep: whom does a persona attack, and how often does it answer at all?

Toxicity in ChatGPT: Analyzing Persona-assigned Language Models (2023).

inspect eval personae/entity_sweep --model openai/gpt-4o -T persona=ana.yaml
inspect eval personae/entity_sweep --model personae/embedded -T n=1 -T repeats=2
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def entity_sweep(
    persona: str | list[str] = "lighthouse-keeper",
    data: str | None = None,
    n: int | None = None,
    repeats: int | None = None,
    toxicity: str | None = None,
    max_tokens: int | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per persona, temper or control, probe and repeat.

    Args:
        persona: Files, starters or lists of phrases, separated by commas; "people" for ours.
        data: Folder with entities.yaml, {group: [names]}; without it a few harmless groups of ours.
        n: The most entities of each group.
        repeats: Samples of every probe, three unless told otherwise.
        toxicity: Folder of a scorer made by `personae train toxicity`.
        max_tokens: The longest reply.
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks._audits import audit_task

    return audit_task(
        "entities",
        persona,
        data=data,
        n=n,
        repeats=repeats,
        toxicity=toxicity,
        max_tokens=max_tokens,
        seed=seed,
        cache=cache,
    )
