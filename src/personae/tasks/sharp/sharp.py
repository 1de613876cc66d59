"""Stance under social relation: does the persona say what is so, or what suits whom it is talking to?

SHARP: "Unlocking Interactive Hallucination via Stance Transfer in Role-Playing LLMs", 2024
(https://arxiv.org/abs/2411.07965).

inspect eval personae/sharp --model personae/embedded -T n=6
inspect eval personae/sharp --model openai/gpt-4o -T persona=my-persona.yaml -T claims=my-claims.yaml
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def sharp(
    persona: str = "lighthouse-keeper",
    n: int | None = None,
    claims: str | None = None,
    own_relations: bool = True,
    pair_scorer: str = "embedded",
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per claim and relation: high, neutral and low affection, and no role.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: Draw at most this many pairs of a fact and its twin.
        claims: File of claims of your own.
        own_relations: Let those the persona's file knows speak where they fit; with false our texts alone.
        pair_scorer: What reads the stance: embedded, hf/NAME or judge/MODEL.
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.consistency.matrix import guard_of
    from personae.measure.stance import Stances, load_claims, own_claims
    from personae.models.pairs.cache import CachedPairs
    from personae.models.registry import open_pair_scorer

    measure = Stances(
        load_claims(claims) if claims else own_claims(),
        n=n,
        own=own_relations,
        seed=seed,
        scorer=CachedPairs(open_pair_scorer(pair_scorer)),
        readable=guard_of(pair_scorer),
    )
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
