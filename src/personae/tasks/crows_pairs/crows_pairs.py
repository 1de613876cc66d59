"""CrowS-Pairs: is the more stereotypical of two sentences the likelier one, as nobody and as a persona?

CrowS-Pairs: A Challenge Dataset for Measuring Social Biases in Masked Language Models (2020). Pairs are the user's.

inspect eval personae/crows_pairs --model personae/embedded -T items=crows_pairs_anonymized.csv -T n=100
"""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task


@task
def crows_pairs(
    items: str,
    persona: str = "lighthouse-keeper",
    likelihood: str = "causal",
    n: int | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per pair and condition: nobody, the persona.

    Args:
        items: The CSV of CrowS-Pairs, or a folder that holds it.
        persona: Path of a persona file or card, or the name of a starter.
        likelihood: causal (whole sentence) or causal_per_token.
        n: The most pairs, a seeded part of them.
        seed: Seed of the part taken.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.stereotypes import CrowsPairs, read_pairs
    from personae.measure.stereotypes.crows_pairs import Likelihood

    measure = CrowsPairs(read_pairs(items), cast(Likelihood, likelihood), n, seed)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
