"""Author traits: does what the persona writes show the trait that a question calls for?

"Eliciting Personality Traits in Large Language Models", 2024; read as in "PsyCoT", 2023.

inspect eval personae/author_traits --model personae/embedded -T labels=labelled.jsonl -T questions=4
inspect eval personae/author_traits --model openai/gpt-4o -T persona=my.yaml -T judge=anthropic/claude-sonnet-4-5
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def author_traits(
    persona: str = "lighthouse-keeper",
    questions: int = 12,
    words: int = 120,
    min_words: int = 50,
    per_trait: int | None = None,
    labels: str | None = None,
    judge: str | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Interview questions in a neutral form and in one per trait, each answer read for all five traits.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        questions: How many of the twelve questions; each is one sample in six forms.
        words: Length of answer asked for.
        min_words: Shorter answers are missing.
        per_trait: Sentences about the author per trait, 1 to 8; all if not given. Not used with labels.
        labels: JSON Lines file of texts with labels; then a probe on words reads, and no model.
        judge: The model that reads, by its Inspect name or in the role "grader"; the model under test if there is none.
        seed: Seed of sampling.
        temperature: Temperature of the answers.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.author_traits import AuthorTraits
    from personae.tasks.author_traits._reader import reader_of

    reader = reader_of(labels, judge, cache, per_trait=per_trait, min_words=min_words)
    measure = AuthorTraits(reader, questions, words, min_words, per_trait)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
