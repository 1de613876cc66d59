"""Internal consistency: does a model agree with itself, and does seeing that help?

"Internal Consistency and Self-Feedback in Large Language Models: A Survey", 2024.

inspect eval personae/internal_consistency --model openai/gpt-4o
inspect eval personae/internal_consistency --model personae/embedded -T n=5 -T rounds=1
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def internal_consistency(
    persona: str = "math-tutor",
    questions: str | None = None,
    n: int | None = None,
    samples: int = 5,
    rounds: int = 2,
    levels: list[str] | str = "response,decoding",
    max_tokens: int = 128,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per question, all answers to it in it.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        questions: YAML list of questions (id, text, gold, options); ours if there is none.
        n: At most so many questions.
        samples: How often each question is asked.
        rounds: Rounds of feedback at most; 0 for none.
        levels: Of response, decoding and latent.
        max_tokens: The longest answer; one that is cut off counts as missing.
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.internal_consistency import InternalConsistency
    from personae.measure.internal_consistency.measure import own_questions, read_questions
    from personae.persona.find import find
    from personae.types import Settings

    listed = levels.split(",") if isinstance(levels, str) else levels
    measure = InternalConsistency(
        read_questions(questions) if questions else own_questions(),
        n,
        samples,
        rounds,
        tuple(level.strip() for level in listed),
    )
    return task_on(measure, find(persona), Settings(max_tokens=max_tokens, seed=seed), cache=cache)
