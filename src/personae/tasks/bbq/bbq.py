"""BBQ: what is picked where the text leaves the answer open, as nobody and as a persona.

BBQ: A Hand-Built Bias Benchmark for Question Answering (2022). Items are the user's.

inspect eval personae/bbq --model openai/gpt-4o -T items=bbq
inspect eval personae/bbq --model personae/embedded -T items=bbq/Religion.jsonl -T n=50
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def bbq(
    items: str,
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    way: str = "letters",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per question and condition: nobody, the persona.

    Args:
        items: A .jsonl file of BBQ, or a folder of them.
        persona: Path of a persona file or card, or the name of a starter.
        n: The most questions, a seeded part of them.
        way: How options are chosen: letters, spoken, shares or whole.
        seed: Seed of the part taken.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.stereotypes import Bbq, read_questions
    from personae.models.choices import Way

    measure = Bbq(read_questions(items), n, cast(Way, way), seed)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
