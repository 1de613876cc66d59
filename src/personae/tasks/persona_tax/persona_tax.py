"""The persona tax: what does playing somebody cost in reasoning?

PHAnToM: Personality Has An Effect on Theory-of-Mind Reasoning in Large Language Models (2024).

inspect eval personae/persona_tax --model openai/gpt-4o -T items=bigtom.csv
inspect eval personae/persona_tax --model personae/embedded -T items=mmlu_test -T n=50 -T traits=none
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def persona_tax(
    items: str,
    persona: str = "lighthouse-keeper",
    traits: str | list[str] = "all",
    level: int = 8,
    instrument: str | None = None,
    data: str | None = None,
    n: int | None = None,
    way: str = "letters",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per item and condition: nobody, the persona, and each character.

    Args:
        items: File or folder of items: bigtom.csv, MMLU tables, or JSON with question, choices and answer.
        persona: Path of a persona file or card, or the name of a starter.
        traits: Characters, separated by commas; "all" for the eight, "none" for the persona alone.
        level: Level of the Big Five characters, 1 to 9.
        instrument: Questionnaire the characters also fill in, by its name in the library or as a file.
        data: Folder of published instruments.
        n: The most items.
        way: How options are chosen: letters, spoken, shares or whole.
        seed: Seed of the part taken.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.persona_tax import PersonaTax, read
    from personae.measure.persona_tax.traits import chosen
    from personae.models.choices import Way
    from personae.psychometrics.library import load

    names = [name.strip() for name in (traits.split(",") if isinstance(traits, str) else traits)]
    measure = PersonaTax(
        read(items),
        traits=chosen([] if names == ["none"] else names),
        level=level,
        instrument=load(instrument, data) if instrument else None,
        n=n,
        way=cast(Way, way),
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
