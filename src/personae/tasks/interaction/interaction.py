"""Interaction: does a persona drift when it meets another, more than by writing alone?

"LLM Agents in Interaction: Measuring Personality Consistency and Linguistic Alignment", 2024.

inspect eval personae/interaction --model personae/embedded -T n=5 -T words=60
inspect eval personae/interaction --model openai/gpt-4o -T persona=my-persona.yaml -T partner=detective
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def interaction(
    persona: str = "lighthouse-keeper",
    partner: str = "teenager",
    n: int = 20,
    words: int = 800,
    per_trait: int = 4,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Questionnaire, personal story alone or after the partner's story, questionnaire.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        partner: The persona it meets, likewise.
        n: People per persona (the source had 65); one sample per person and condition.
        words: Length of a story.
        per_trait: Items per trait of the questionnaire, 1 to 4.
        seed: Seed of the population.
        temperature: Temperature that makes a population of one persona (.7 in the source).
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.interaction import Interaction, twenty
    from personae.persona.find import find

    measure = Interaction(find(partner), twenty(per_trait), n=n, words=words)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
