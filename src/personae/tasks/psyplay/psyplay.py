"""PsyPlay: can the persona be given poles of the Big Five so that a blind reader finds them again?

"PsyPlay: Personality-Infused Role-Playing Conversational Agents", 2025.

inspect eval personae/psyplay --model personae/embedded -T turns=4
inspect eval personae/psyplay --model openai/gpt-4o -T persona=my-persona.yaml -T reader=anthropic/claude-sonnet-4-5
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def psyplay(
    persona: str = "lighthouse-keeper",
    n: int = 20,
    turns: int = 8,
    words: int = 40,
    reader: str | None = None,
    both: bool = True,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Talks with assigned poles, read back blind.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        n: Talks; a multiple of 10 has every pole equally often.
        turns: Turns of a talk, both sides together.
        words: Longest turn.
        both: Read the partner's side too.
        reader: The model that reads, by its Inspect name; the model under test if there is none.
        seed: Seed of topics, poles and partners, and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.psyplay import PsyPlay
    from personae.models.cache import Cached
    from personae.models.inspect import from_inspect
    from personae.types import Model

    reads: Model | None = from_inspect(reader) if reader else None
    if reads is not None and cache is not None:
        reads = Cached(reads, cache)
    measure = PsyPlay(n=n, turns=turns, words=words, reader=reads, both=both, seed=seed)
    return task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
