"""Beliefs about groups: does the model think the same of women and men, asked twice and in another order?

"Can ChatGPT Assess Human Personalities? A General Evaluation Framework", 2023.

inspect eval personae/group_beliefs --model personae/embedded
inspect eval personae/group_beliefs --model openai/gpt-4o -T groups="nurses,doctors" -T repeats=5
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def group_beliefs(
    persona: str | None = None,
    groups: str | list[str] = "",
    beliefs: str | None = None,
    n: int | None = None,
    repeats: int = 3,
    way: str = "letters",
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Statements about groups, their options in several orders; one sample per group and statement.

    Args:
        persona: Whose beliefs: a persona file, card or starter; the model's own when not given.
        groups: Groups to compare, with commas between; our sets when not given.
        beliefs: YAML or JSON file of statements; ours when not given.
        n: Only the first so many statements.
        repeats: How often each is put with its options in a new order.
        way: How it answers: letters or spoken.
        seed: Seed of the orders.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.group_beliefs import GroupBeliefs, own_beliefs, read_beliefs
    from personae.measure.group_beliefs.measure import Way
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.types import Settings

    listed = groups.split(",") if isinstance(groups, str) else groups
    names = tuple(name.strip() for name in listed if name.strip())
    about = (read_beliefs(beliefs) if beliefs else own_beliefs()).comparing(names).first(n)
    measure = GroupBeliefs(about, repeats, cast(Way, way), as_persona=persona is not None, seed=seed)
    who = find(persona) if persona else Persona(name="the model itself")
    settings = Settings(temperature=0.0, max_tokens=64, seed=seed)
    return task_on(measure, who, settings, cache=cache)
