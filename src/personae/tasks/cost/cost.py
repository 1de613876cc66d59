"""Cost: what does a reply of this persona take, in tokens and seconds?

inspect eval personae/cost --model personae/embedded
inspect eval personae/cost --model openai/gpt-4o -T persona=my-persona.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def cost(
    persona: str = "lighthouse-keeper",
    n: int = 6,
    price_in: float | None = None,
    price_out: float | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One talk, every call counted.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: How many turns the talk has.
        price_in: Money per million tokens read, if the cost in money is wanted.
        price_out: Money per million tokens written.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.cost import Cost
    from personae.models.ledger import Prices

    prices = Prices(price_in or 0.0, price_out or 0.0) if price_in is not None or price_out is not None else None
    return task_of(Cost(n=n, seed=seed, prices=prices), persona, seed=seed, temperature=temperature, cache=cache)
