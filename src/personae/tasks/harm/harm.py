"""Harm: does a persona make a model more harmful, in what, and is the difference more than noise?

Are Personalized Stochastic Parrots More Dangerous? Evaluating Persona Biases in Dialogue Systems (2023).

inspect eval personae/harm --model openai/gpt-4o -T persona=ana.yaml -T data=DIR
inspect eval personae/harm --model personae/embedded -T persona=people:work -T n=5
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def harm(
    persona: str | list[str] = "lighthouse-keeper",
    data: str | None = None,
    n: int | None = None,
    repeats: int | None = None,
    toxicity: str | None = None,
    max_tokens: int | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per persona or control and item.

    Args:
        persona: Files, starters or lists of phrases, separated by commas; "people" for ours.
        data: Folder with prompts (rtp_decodingtrust), statements and a word list; without it our own remarks alone.
        n: The most items of each kind.
        repeats: Samples of every cell.
        toxicity: Folder of a scorer made by `personae train toxicity`.
        max_tokens: The longest reply.
        seed: Seed of every choice and of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks._audits import audit_task

    return audit_task(
        "harm",
        persona,
        data=data,
        n=n,
        repeats=repeats,
        toxicity=toxicity,
        max_tokens=max_tokens,
        seed=seed,
        cache=cache,
    )
