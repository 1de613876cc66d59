"""With and without the persona: two solvers, and an evaluator asked in both orders.

"Persona is a Double-edged Sword: Mitigating the Negative Impact of Role-playing Prompts", 2024.

inspect eval personae/with_and_without --model openai/gpt-4o -T questions=mmlu/anatomy_test.csv
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def with_and_without(
    questions: str,
    persona: str = "math-tutor",
    n: int | None = None,
    speaks_as: str = "prompt",
    evaluator: str | None = None,
    rounds: int = 5,
    fallback: str = "neutral",
    votes: int = 0,
    max_tokens: int = 512,
    temperature: float = 0.0,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per question.

    Args:
        questions: CSV (question, options, letter) or JSON lines of questions, or a folder of such files.
        persona: Path of a persona file or card, or the name of a starter.
        n: At most so many questions.
        speaks_as: prompt, card or recommended.
        evaluator: Model that judges; the model under test when not given.
        rounds: How often both orders are asked.
        fallback: Who answers undecided questions: neutral, persona or none.
        votes: Further solutions without the persona for self-consistency; 0 leaves it out.
        max_tokens: The longest solution.
        temperature: Of solutions; verdicts are drawn at 0.7.
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from typing import Literal, cast

    from personae.agent.teams import JekyllHyde
    from personae.measure.as_inspect import task_on
    from personae.measure.persona_tax.items import read
    from personae.measure.with_and_without import WithAndWithout
    from personae.persona.find import find
    from personae.tasks._models import opened
    from personae.types import Settings

    team = JekyllHyde(
        cast(Literal["prompt", "card", "recommended"], speaks_as),
        opened(evaluator, cache, "evaluator"),
        rounds,
        cast(Literal["neutral", "persona", "none"], fallback),
    )
    measure = WithAndWithout(read(questions).questions[:n], team, votes)
    return task_on(
        measure, find(persona), Settings(temperature=temperature, max_tokens=max_tokens, seed=seed), cache=cache
    )
