"""Reasoning loss: what does playing somebody cost on questions, and is it knowledge or the will to answer?

Bias Runs Deep: Implicit Reasoning Biases in Persona-Assigned LLMs (2024).

inspect eval personae/reasoning_loss --model openai/gpt-4o -T persona=people:disability -T data=mmlu_test
inspect eval personae/reasoning_loss --model openai/gpt-4o -T data=mmlu_test -T mitigations=no_refusal,on_par
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def reasoning_loss(
    data: str,
    persona: str | list[str] = "lighthouse-keeper",
    n: int | None = None,
    repeats: int | None = None,
    instructions: str | list[str] = "",
    mitigations: str | list[str] = "",
    max_tokens: int | None = None,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per persona or control, instruction and question.

    Args:
        data: Folder of MMLU-type CSV or JSON files, a file a subject.
        persona: Files, starters or lists of phrases, separated by commas; "people" for ours.
        n: The most questions.
        repeats: Samples of every cell.
        instructions: How the persona is given: mirror, adopt, role; all three unless told otherwise.
        mitigations: What is added to the third instruction, beside it: no_refusal, no_stereotypes, on_par, expertise.
        max_tokens: The longest reply.
        seed: Seed of every choice and of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.tasks._audits import audit_task

    return audit_task(
        "reasoning",
        persona,
        data=data,
        n=n,
        repeats=repeats,
        instructions=instructions,
        mitigations=mitigations,
        max_tokens=max_tokens,
        seed=seed,
        cache=cache,
    )
