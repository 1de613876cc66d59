"""Person cloning: from some answers of a person, what did it say to the rest?

"Personality Alignment of Large Language Models", 2025.

inspect eval personae/cloning --model personae/embedded -T people=people.json -T instrument=ipip-neo-300 -T data=DIR
inspect eval personae/cloning --model openai/gpt-4o -T people=people.csv -T instrument=mine.yaml -T coding=raw
"""

from __future__ import annotations

from typing import Literal, cast

from inspect_ai import Task, task


@task
def cloning(
    people: str,
    split: str | None = None,
    instrument: str = "ipip-neo-300",
    data: str | None = None,
    coding: str = "scored",
    route: str = "statements",
    n: int | None = None,
    repeats: int = 1,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """A clone of every person answers the test items; one sample per person.

    Args:
        people: JSON, JSON Lines or CSV file with a record per person and a field per item.
        split: JSON file with the profile and the test items; drawn by the seed when not given.
        instrument: Name of an instrument, or its YAML or JSON file.
        data: Folder that holds published item texts.
        coding: What the answers are: scored or raw.
        route: How the clone is told who it is: statements or description.
        n: The first so many people; all when not given.
        repeats: How often each item is put, the labels in another order each time.
        seed: Seed of the split, of orders and of intervals.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.cloning import Clones, drawn_split, instrument_named, read_people, read_split
    from personae.measure.cloning.clones import Route
    from personae.persona.persona import Persona
    from personae.types import Settings

    about = instrument_named(instrument, data)
    table = read_people(people, about, coding=cast(Literal["raw", "scored"], coding))
    parts = read_split(split, about) if split else drawn_split(about, seed=seed)
    measure = Clones(table, parts, cast(Route, route), n, repeats, seed)
    who = Persona(name="everybody in the table")
    settings = Settings(temperature=0.0, max_tokens=64, seed=seed)
    return task_on(measure, who, settings, cache=cache, people_count=len(table), coding=coding, instrument=about.sha256)
