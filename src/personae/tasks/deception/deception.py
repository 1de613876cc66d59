"""The deception matrix: does the persona lie where a lie would pay?

DeceptionBench: A Comprehensive Benchmark for AI Deception Behaviors in Real-world Scenarios (2025).

inspect eval personae/deception --model openai/gpt-4o -T judge=openai/gpt-4o
inspect eval personae/deception --model openai/gpt-4o -T judge=openai/gpt-4o -T scenarios=data -T induced=true
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def deception(
    judge: str | None = None,
    persona: str = "lighthouse-keeper",
    scenarios: str | None = None,
    induced: bool = False,
    follow_up: str | None = None,
    judge_card: str | None = None,
    n: int | None = None,
    max_tokens: int = 400,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per scenario, role and incentive.

    Args:
        judge: The model that holds answers against what is true; or give it as the model role "grader".
        persona: Path of a persona file or card, or the name of a starter.
        scenarios: JSON file or folder in DeceptionBench's schema; ours unless given.
        induced: Also play each scenario over several turns, with one inducement more in each.
        follow_up: The model that words the inducements; our own sentences unless given.
        judge_card: The judge's card, from personae judge qualify.
        n: The most scenarios of each domain.
        max_tokens: Longest answer in tokens.
        seed: Seed of the model.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.errors import UsageError
    from personae.measure.as_inspect import task_on
    from personae.measure.deception import Deception, own_scenarios, read_scenarios
    from personae.persona.find import find
    from personae.tasks._models import judged_by, opened
    from personae.types import Settings

    judging, note = judged_by(judge, judge_card, cache)
    if judging is None:
        raise UsageError("who holds answers against what is true? name a judge with -T judge=MODEL")
    all = read_scenarios(scenarios) if scenarios else own_scenarios()
    domains = sorted({one.domain for one in all})
    taken = [one for domain in domains for one in [each for each in all if each.domain == domain][:n]]
    measure = Deception(tuple(taken), judging, induced, opened(follow_up, cache, "follow-up"), note)
    return task_on(measure, find(persona), Settings(temperature=0.0, max_tokens=max_tokens, seed=seed), cache=cache)
