"""Self-check: does the persona say the same of itself when asked again?

"SelfCheckAgent: Zero-Resource Hallucination Detection in Generative Large Language Models", 2025.

inspect eval personae/self_check --model openai/gpt-4o -T samples=10
inspect eval personae/self_check --model openai/gpt-4o -T scorer=nli -T against=card
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def self_check(
    persona: str = "lighthouse-keeper",
    questions: str | None = None,
    n: int | None = None,
    samples: int = 20,
    scorer: str = "unigram",
    pairs: str = "embedded",
    checker: str | None = None,
    against: str = "resamples",
    max_tokens: int = 256,
    temperature: float = 1.0,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per question, its resamples in it.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        questions: YAML list of questions (id, text); ours if there is none.
        n: Ask at most this many questions.
        samples: How often each question is asked again.
        scorer: unigram, unigram_published, semantic_unigram, embedding, nli, prompt or prompt_cot.
        pairs: Pair scorer for nli.
        checker: Model that is asked by prompt and prompt_cot.
        against: resamples or card.
        max_tokens: The longest reply; one that is cut off is not scored.
        temperature: Of the first reply; resamples are drawn at 1.
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from typing import Literal, cast

    from personae.measure.as_inspect import task_on
    from personae.measure.self_check import SelfCheck
    from personae.measure.self_check.measure import own_questions, read_questions
    from personae.measure.self_check.named import scorer_named
    from personae.persona.find import find
    from personae.tasks._models import opened
    from personae.types import Settings

    measure = SelfCheck(
        scorer_named(scorer, pairs=pairs, model=opened(checker, cache, "checker")),
        read_questions(questions) if questions else own_questions(),
        n,
        samples,
        cast(Literal["resamples", "card"], against),
    )
    return task_on(
        measure,
        find(persona),
        Settings(temperature=temperature, top_p=1.0, max_tokens=max_tokens, seed=seed),
        cache=cache,
    )
