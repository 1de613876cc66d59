"""Superposition: does the character have an answer, or as many as one cares to draw?

Role-Play with Large Language Models (2023).

inspect eval personae/superposition --model personae/embedded
inspect eval personae/superposition --model openai/gpt-4o -T persona=my-persona.yaml -T k=40
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def superposition(
    persona: str = "lighthouse-keeper",
    k: int = 20,
    n: int = 6,
    games: int = 2,
    facts: int = 8,
    scorer: str | None = None,
    seed: int = 0,
    temperature: float = 1.0,
    cache: str | None = None,
) -> Task:
    """What a persona leaves open, drawn many times at one place of a talk, before and after one answer is in it.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        k: How many times the same reply is drawn.
        n: How many open questions are asked, at most.
        games: How many games of twenty questions are played.
        facts: How many facts of the world are asked, in character and as nobody.
        scorer: A pair scorer that groups answers by meaning (embedded, hf/NAME); without one they go by their words.
        seed: Seed of sampling; each draw has its own.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.superposition import Superposition
    from personae.models.registry import open_pair_scorer

    pairs = open_pair_scorer(scorer) if scorer else None
    measure = Superposition(k=k, n=n, games=games, facts=facts, seed=seed, scorer=pairs)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
