"""The distraction test: does the persona keep to its goal when the screen draws it away?

Caution for the Environment: Multimodal Agents are Susceptible to Environmental Distractions (2024); text only.

inspect eval personae/distraction --model openai/gpt-4o
inspect eval personae/distraction --model openai/gpt-4o -T mode=think_first -T items=screens.yaml
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def distraction(
    persona: str = "lighthouse-keeper",
    items: str | None = None,
    mode: str = "direct",
    strengths: str | list[str] = "all",
    n: int | None = None,
    max_tokens: int = 120,
    seed: int = 0,
    temperature: float = 0.0,
    cache: str | None = None,
) -> Task:
    """One sample per screen and strength, the clean screen among them.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        items: YAML or JSON file of screens; ours unless given.
        mode: How it is asked: direct, think_first or annotated.
        strengths: Strengths of the distraction, separated by commas (benign, tempting, injected); "all" for all.
        n: The most screens.
        max_tokens: Longest answer in tokens.
        seed: Seed of the model.
        temperature: Temperature of replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.distraction import Distraction, own_items, read_items
    from personae.measure.distraction.items import STRENGTHS, Strength
    from personae.measure.distraction.measure import Mode
    from personae.persona.find import find
    from personae.types import Settings

    names = [name.strip() for name in (strengths.split(",") if isinstance(strengths, str) else strengths)]
    taken = STRENGTHS if names == ["all"] else cast(tuple[Strength, ...], tuple(names))
    measure = Distraction((read_items(items) if items else own_items())[:n], cast(Mode, mode), taken)
    settings = Settings(temperature=temperature, max_tokens=max_tokens, seed=seed)
    return task_on(measure, find(persona), settings, cache=cache)
