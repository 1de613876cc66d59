"""Style adaptation: a partner grows informal; does the persona follow, and does it stay itself?

Navigating the Synchrony–Stability Frontier (2025).

inspect eval personae/style_adaptation --model personae/embedded
inspect eval personae/style_adaptation --model openai/gpt-4o -T persona=my-persona.yaml -T policies=static,ema,uncapped
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def style_adaptation(
    persona: str = "lighthouse-keeper",
    policies: str | list[str] = "static,hybrid,uncapped",
    turns: int = 8,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Three talks per policy with a partner who grows informal; what is really said is measured.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        policies: Names of style policies, with commas between; `static`, the control, is always among them.
        turns: How many turns of each talk are held, at most 8.
        seed: Seed of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.style_adaptation import StyleAdaptation

    names = policies.split(",") if isinstance(policies, str) else policies
    measure = StyleAdaptation(policies=tuple(name.strip() for name in names), turns=turns)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
