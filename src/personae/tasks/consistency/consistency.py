"""Consistency: asked about itself in several talks, does the persona say what it is?

APC: "Global Faithfulness in Persona-driven Role-playing", 2024, and the C-score family.

inspect eval personae/consistency --model personae/embedded
inspect eval personae/consistency --model openai/gpt-4o -T persona=my-persona.yaml -T pair_scorer=judge/openai/gpt-4o
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def consistency(
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    questions: int = 4,
    others: int = 4,
    pair_scorer: str = "embedded",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Talks with questions about the statements; every reply beside every statement and every earlier reply.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: Ask at most this many questions.
        questions: Different questions per talk.
        others: Profiles of other personas to tell this one from.
        pair_scorer: What judges pairs: embedded, hf/NAME or judge/MODEL.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.consistency.matrix import guard_of
    from personae.measure.consistency.measure import Consistency
    from personae.models.registry import open_pair_scorer

    measure = Consistency(
        questions=questions,
        n=n,
        others=others,
        seed=seed,
        scorer=open_pair_scorer(pair_scorer),
        readable=guard_of(pair_scorer),
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
