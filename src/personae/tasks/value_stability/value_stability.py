"""Value stability: what does the model value, whoever it plays?

Language Models Show Stable Value Orientations Across Diverse Role-Plays (2024).

inspect eval personae/value_stability --model personae/embedded
inspect eval personae/value_stability --model openai/gpt-4o -T people=200 -T repeats=5
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def value_stability(
    persona: str = "lighthouse-keeper",
    people: int = 40,
    repeats: int = 3,
    items: str | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Random people answer the same value items several times; one sample per person.

    Args:
        persona: Path of a persona file or card, or the name of a starter; it is held against the crowd.
        people: How many random people answer.
        repeats: How many times each item is answered, the scale in a new order each time.
        items: YAML or JSON file of items; ours without one.
        seed: Seed of people, orders and sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.value_stability import ValueStability, read_items

    measure = ValueStability(people=people, repeats=repeats, items=read_items(items), seed=seed)
    return task_of(measure, persona, seed=seed, cache=cache)
