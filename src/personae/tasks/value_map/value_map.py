"""Value map: where does a population of personas stand, and how far does a descriptor move it?

Mapping and Influencing the Political Ideology of Large Language Models using Synthetic Personas (2024).

inspect eval personae/value_map --model openai/gpt-4o -T data=DIR -T crowd=people.jsonl
inspect eval personae/value_map --model personae/embedded -T data=DIR -T people=20
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def value_map(
    instrument: str = "8values",
    data: str | None = None,
    crowd: str | None = None,
    people: int = 40,
    descriptors: str | list[str] = "right-authoritarian,left-libertarian",
    opinions: bool = True,
    route: str | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Every person answers the map plainly, and once more with each descriptor; one sample per person and condition.

    Args:
        instrument: 8values, or the file of an instrument whose items have weights on axes (`effects`).
        data: Folder of published instruments; PERSONAE_DATA without it.
        crowd: File of descriptions, one per line or JSON Lines (as Persona Hub has them); random people without one.
        people: How many random people answer, or the first so many of `crowd`.
        descriptors: What is added to everybody's description in turn; "" for nothing.
        opinions: Ask the statements and denials that tell a bent to say yes.
        route: "logprobs", "constrained" or "parsed"; without it log-probabilities where the model has them.
        seed: Seed of the random people and of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.value_map import ValueMap, read_people
    from personae.measure.value_stability import random_people
    from personae.persona.persona import Persona
    from personae.psychometrics.library import load, profiles
    from personae.types import Settings

    named = descriptors.split(",") if isinstance(descriptors, str) else descriptors  # Inspect reads "a,b" as a list
    measure = ValueMap(
        load(instrument, data),
        read_people(crowd)[:people] if crowd else random_people(people, seed=seed),
        profiles(instrument, data),
        tuple(name.strip() for name in named if name.strip()),
        opinions,
        route=route,  # type: ignore[arg-type]
        seed=seed,
    )
    return task_on(
        measure, Persona(name="the population"), Settings(seed=seed), cache=cache, people=len(measure.people)
    )
