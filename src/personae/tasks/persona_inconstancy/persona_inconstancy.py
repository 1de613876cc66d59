"""Persona inconstancy: does the persona bend to a group?

"Persona Inconstancy in Multi-Agent LLM Collaboration: Conformity, Confabulation, and Impersonation", 2024.

inspect eval personae/persona_inconstancy --model personae/embedded -T n=3 -T rounds=5
inspect eval personae/persona_inconstancy --model openai/gpt-4o -T persona=my-persona.yaml -T wording=debate
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def persona_inconstancy(
    persona: str = "lighthouse-keeper",
    questions: str | None = None,
    n: int | None = None,
    size: int = 5,
    fellows: int = 8,
    company: list[str] | str | None = None,
    rounds: int = 15,
    wording: str = "collaborate",
    words: int = 40,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Private answer, discussion in a group, private answer again.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        questions: File of questions; ours if there is none.
        n: Ask at most this many questions.
        size: People in a group, the persona included.
        fellows: Starters asked in private, of whom the groups are made.
        company: Personas (paths or starters) that are asked instead of starters chosen by chance.
        rounds: Most messages of a discussion.
        wording: collaborate or debate.
        words: Longest message.
        seed: Seed of the groups and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from typing import cast

    from personae.measure.as_inspect import task_of
    from personae.measure.persona_inconstancy import PersonaInconstancy
    from personae.persona.find import find
    from personae.simulate.groups import bundled, load_questions
    from personae.simulate.groups.protocol import Wording

    measure = PersonaInconstancy(
        load_questions(questions) if questions else bundled(),
        n=n,
        size=size,
        fellows=fellows,
        company=tuple(map(find, [company] if isinstance(company, str) else company or ())),
        rounds=rounds,
        wording=cast("Wording", wording),
        words=words,
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
