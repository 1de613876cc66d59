"""Personality: what does the persona answer to a questionnaire, and may that be called a trait?

"Self-Assessment Tests are Unreliable Measures of LLM Personality", 2023; "Personality Traits in Large Language Models",
2023.

inspect eval personae/personality --model personae/embedded -T domains=E
inspect eval personae/personality --model openai/gpt-4o -T persona=my-persona.yaml -T people=100 -T study=study.json
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def personality(
    persona: str = "lighthouse-keeper",
    instrument: str = "big-five-60",
    domains: str | list[str] = "",
    templates: int = 3,
    orders: int = 2,
    people: int = 0,
    labels: str = "numbers",
    route: str = "",
    study: str | None = None,
    norms_sex: str = "",
    norms_age: int = 0,
    data: str | None = None,
    lang: str = "en",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """A questionnaire under several wordings and option orders; one sample per item and respondent.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        instrument: Name of an instrument (`personae instrument list`), or path of an instrument's YAML or JSON file.
        domains: Only these domains ("E,A"); all without it.
        templates: How many wordings around each item; a certificate needs 3.
        orders: How many orders of the options; a certificate needs 2.
        people: How many random people answer too, as a crowd to see the persona against.
        labels: What an option is answered by: "words", "numbers" or "letters".
        route: "logprobs", "constrained" or "parsed"; without it log-probabilities where the model has them.
        study: File of the model's validity study; without one no score is reportable.
        norms_sex: "F" or "M": with `norms_age`, T-scores by the norms of the IPIP-NEO for these people.
        norms_age: Age in years, 10 to 99.
        data: Folder of published instruments; PERSONAE_DATA without it.
        lang: Language of the instrument.
        seed: Seed of the random people, and of routes that sample.
        temperature: Taken as by every task; answers themselves are greedy or log-probabilities.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.personality import Personality
    from personae.psychometrics.library import load
    from personae.psychometrics.norms import norms
    from personae.psychometrics.study import read_study

    wanted = domains.split(",") if isinstance(domains, str) else domains  # Inspect reads "E,A" as a list
    questionnaire = load(instrument, data, lang)
    measure = Personality(
        questionnaire,
        templates=templates,
        orders=orders,
        people=people,
        labels=labels,
        domains=tuple(name.strip() for name in wanted if name.strip()),
        route=route,
        study=read_study(study) if study else None,
        norms=norms(len(questionnaire.items), norms_sex, norms_age) if norms_sex else None,
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
