"""Replies beside reference replies: how does the persona's answer compare, metric by metric?

MMRole: "A Comprehensive Framework for Developing and Evaluating Multimodal Role-Playing Agents", 2024
(https://arxiv.org/abs/2408.04203).

inspect eval personae/mmrole --model personae/embedded
inspect eval personae/mmrole --model openai/gpt-4o -T judge=anthropic/claude-sonnet-4-0 -T references=my-replies.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def mmrole(
    persona: str = "lighthouse-keeper",
    references: str | None = None,
    reference_model: str | None = None,
    judge: str | None = None,
    judge_card: str | None = None,
    n: int | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per question. Without a judge there is no score, only surface overlap.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        references: File of questions with reference replies; the persona's own statements when not given.
        reference_model: A model whose replies, as this persona, are the references.
        judge: Model that scores both replies, ours or any of Inspect; the role grader when not given.
        judge_card: Card of the judge, as `personae judge qualify` writes it.
        n: Ask at most this many questions.
        seed: Seed of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.beside_reference import BesideReference, load_references
    from personae.tasks._models import judged_by, opened

    judging, note = judged_by(judge, judge_card, cache)
    measure = BesideReference(
        load_references(references) if references else None,
        judge=judging,
        about_judge=note,
        other=opened(reference_model, cache, "reference"),
        n=n,
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
