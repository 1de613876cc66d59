"""Questionnaires: what does a persona answer to every item, under several wordings and orders of the options?

"Personality Traits in Large Language Models", 2023; "Self-Assessment Tests are Unreliable Measures of LLM
Personality", 2023.

inspect eval personae/big_five --model personae/embedded
inspect eval personae/honesty --model openai/gpt-4o -T persona=my-persona.yaml -T orders=4
inspect eval personae/questionnaire --model openai/gpt-4o -T instrument=ipip-neo-120 -T data=DIR -T route=constrained
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def big_five(
    persona: str = "lighthouse-keeper",
    orders: int = 2,
    templates: int = 3,
    cache: str | None = None,
) -> Task:
    """Our sixty items on the Big Five.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        orders: How many orders of the options.
        templates: How many wordings around each item.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks.questionnaire.asking import task_of

    return task_of("big-five-60", persona, "big_five", orders=orders, templates=templates, cache=cache)


@task
def honesty(
    persona: str = "lighthouse-keeper",
    orders: int = 2,
    templates: int = 3,
    cache: str | None = None,
) -> Task:
    """Our twenty-four items on honesty, manipulation, grandeur and coldness.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        orders: How many orders of the options.
        templates: How many wordings around each item.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks.questionnaire.asking import task_of

    return task_of("honesty-24", persona, "honesty", orders=orders, templates=templates, cache=cache)


@task
def value_survey(
    persona: str = "lighthouse-keeper",
    orders: int = 2,
    templates: int = 3,
    cache: str | None = None,
) -> Task:
    """Our forty items on what matters in life.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        orders: How many orders of the options.
        templates: How many wordings around each item.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks.questionnaire.asking import task_of

    return task_of("value-survey", persona, "value_survey", orders=orders, templates=templates, cache=cache)


@task
def questionnaire(
    instrument: str = "big-five-60",
    persona: str = "lighthouse-keeper",
    orders: int = 2,
    templates: int = 3,
    label_sets: int = 1,
    route: str = "",
    study: str | None = None,
    data: str | None = None,
    lang: str = "en",
    seed: int = 0,
    temperature: float = 0.0,
    cache: str | None = None,
) -> Task:
    """Any instrument; one sample per item and condition.

    Args:
        instrument: Name of an instrument (`personae instrument list`), or path of an instrument's YAML or JSON file.
        persona: Path of a persona file or card, or the name of a starter.
        orders: How many orders of the options.
        templates: How many wordings around each item.
        label_sets: How many sets of labels: words, numbers, letters.
        route: "logprobs", "constrained" or "parsed"; without it log-probabilities where the model has them.
        study: File of the model's validity study; without one no scale is reportable.
        data: Folder of published instruments; PERSONAE_DATA without it.
        lang: Language of the instrument.
        seed: Seed of replies that are sampled.
        temperature: Of replies that are sampled.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks.questionnaire.asking import task_of

    return task_of(
        instrument,
        persona,
        "questionnaire",
        orders=orders,
        templates=templates,
        label_sets=label_sets,
        route=route,
        seed=seed,
        temperature=temperature,
        study=study,
        cache=cache,
        data=data,
        lang=lang,
    )
