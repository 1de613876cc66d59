"""Say and do: does the persona's prompt change what the agent does, or only what it says of itself?

The Personality Illusion: Revealing Dissociation Between Self-Reports & Behavior in LLMs (2025).

inspect eval personae/say_do --model personae/embedded -T n=4
inspect eval personae/say_do --model openai/gpt-4o -T persona=my-persona.yaml -T runs=3 -T temperatures=0.3,0.7,1
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def say_do(
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    instrument: str | None = None,
    links: str | list[str] | None = None,
    dilemmas: str | None = None,
    questions: str | None = None,
    words: str | None = None,
    data: str | None = None,
    styles: str | list[str] = "second_person",
    temperatures: str | float | list[float] | None = None,
    runs: int = 1,
    way: str = "whole",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per game, dilemma, question, word list and item, with the persona and without it.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: The most games, dilemmas, questions and word sets each, and items a domain.
        instrument: Another questionnaire, by its name in the library or as a file; without, ours about the behaviours.
        links: Which domain goes with which behaviour, `domain:behaviour:1` or `-1`, separated by commas.
        dilemmas: File of dilemmas of your own.
        questions: File of questions of your own; those without an answer count as unanswerable.
        words: File of word sets of your own.
        data: Folder of published instruments.
        styles: How the persona is written, separated by commas (prose, bullets, second_person, json).
        temperatures: Temperatures of the design, separated by commas; `temperature` alone without.
        runs: Runs of each cell, with seeds of their own.
        way: How decisions are had: whole, letters, spoken or shares.
        seed: Seed of parts, orders and sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure import say_do as room
    from personae.measure.as_inspect import task_of
    from personae.measure.say_do.asking import design, listed
    from personae.measure.say_do.links import read_links
    from personae.models.choices import Way
    from personae.psychometrics.library import load

    measure = room.SayDo(
        instrument=load(instrument, data) if instrument else room.claims(),
        links=read_links(",".join(listed(links))) if links else None,
        dilemmas=room.dilemmas(dilemmas),
        questions=room.questions(questions),
        word_sets=room.word_sets(words),
        settings=design(styles, temperatures, runs),
        n=n,
        way=cast(Way, way),
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
