"""Situational behaviour test: which advice would the persona give, and does it still with the options in another order?

TRAIT: "Do LLMs Have Distinct and Consistent Personality?", 2024 (https://arxiv.org/abs/2406.14703).

inspect eval personae/trait_mcq --model personae/embedded -T n=2 -T blocks=1
inspect eval personae/trait_mcq --model openai/gpt-4o -T items=TRAIT.json -T prompts=personality_prompt_BFI.json
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def trait_mcq(
    persona: str = "lighthouse-keeper",
    items: str | None = None,
    traits: str | list[str] | None = None,
    n: int | None = None,
    prompts: str | None = None,
    only: str | list[str] | None = None,
    baseline: bool = False,
    wordings: int = 3,
    blocks: int = 2,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per respondent and situation, each put in every wording and order.

    Args:
        persona: Path of a persona file or card, or the name of a starter; not asked where there are prompts.
        items: JSON or YAML file of situations, in the form of TRAIT; ours without one.
        traits: Names of traits, separated by commas; all without.
        n: Take at most so many situations of each trait.
        prompts: JSON file of system prompts, in the form of TRAIT's or name to prompt; each is a respondent.
        only: Names of the prompts to take, separated by commas, such as extraversion-high.
        baseline: Ask the model without any persona as well.
        wordings: How many of the three wordings to put each situation in.
        blocks: Rounds of orders; 1 is four orders, 2 eight.
        seed: Seed of sampling.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.situations import Situations
    from personae.psychometrics.situations import chosen, own_situations, read_situations, read_trait_prompts, templates

    measure = Situations(
        chosen(read_situations(items) if items else own_situations(), traits=_names(traits), n=n),
        blocks=blocks,
        wordings=templates()[: max(wordings, 0)],
        prompts=read_trait_prompts(prompts, only=_names(only)) if prompts else {},
        baseline=baseline,
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=0.0, cache=cache)


def _names(listed: str | list[str] | None) -> list[str] | None:
    """Inspect reads "a,b" on the command line as a list."""
    names = listed.split(",") if isinstance(listed, str) else listed
    return [name.strip() for name in names if name.strip()] if names is not None else None
