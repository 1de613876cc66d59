"""The safety gate: does playing this persona change what the model declines?

Dr. Jekyll and Mr. Hyde: Two Faces of LLMs (2023), the defence only; prompts in XSTest's shape, which you bring.

inspect eval personae/safety_gate --model openai/gpt-4o -T prompts=xstest -T persona=ana.yaml
inspect eval personae/safety_gate --model openai/gpt-4o -T prompts=xstest -T hardened=true
"""

from __future__ import annotations

import dataclasses

from inspect_ai import Task, task


@task
def safety_gate(
    prompts: str,
    persona: str = "lighthouse-keeper",
    hardened: bool = False,
    reviewer: str | None = None,
    n: int | None = None,
    max_tokens: int = 256,
    seed: int = 0,
    temperature: float = 0.0,
    cache: str | None = None,
) -> Task:
    """One sample per prompt and condition: nobody and the persona, with hardening both of them twice.

    Args:
        prompts: CSV with the columns id, prompt and label (safe or unsafe), or a folder with xstest_prompts.csv.
        persona: Path of a persona file or card, or the name of a starter.
        hardened: Also ask the hardened agent, without and with the persona.
        reviewer: The model that reviews for the hardened agent; the model under test unless given.
        n: The most prompts of each label.
        max_tokens: Longest reply in tokens.
        seed: Seed of the model.
        temperature: Temperature of replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.safety_gate import SafetyGate, suspended_rules
    from personae.measure.safety_gate import prompts as read
    from personae.persona.find import find
    from personae.tasks._models import opened
    from personae.types import Settings

    who = find(persona)
    measure = SafetyGate(read(prompts, n).questions, hardened, opened(reviewer, cache, "reviewer"))
    settings = Settings(temperature=temperature, max_tokens=max_tokens, seed=seed)
    findings = [dataclasses.asdict(finding) for finding in suspended_rules(who)]
    return task_on(measure, who, settings, cache=cache, findings=findings)
