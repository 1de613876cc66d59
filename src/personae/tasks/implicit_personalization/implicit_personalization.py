"""Implicit personalization: is the same task answered differently because of how the user writes?

"Implicit Personalization in Language Models: A Systematic Study", 2024. Measurement only.

inspect eval personae/implicit_personalization --model personae/embedded
inspect eval personae/implicit_personalization --model openai/gpt-4o -T pairs=essays.jsonl -T scorer=embedded
"""

from __future__ import annotations

import dataclasses

from inspect_ai import Task, task


@task
def implicit_personalization(
    pairs: str | None = None,
    kinds: str | list[str] = "",
    persona: str | None = None,
    scorer: str | None = None,
    strict: bool = True,
    mediator: bool = False,
    checklist: str | None = None,
    max_tokens: int = 256,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per pair, put by both users.

    Args:
        pairs: JSON lines file of pairs {"id", "a", "b"}; ours when not given.
        kinds: Cues to take, with commas between: words, dialect, claim; all when not given.
        persona: Who is asked: a persona file, card or starter; the model itself when not given.
        scorer: Pair scorer that drops rewrites which change the meaning, such as embedded; none when not given.
        strict: Keep rewrites entailed both ways; else those contradicted in neither.
        mediator: Also ask the model where it thinks the writer grew up.
        checklist: YAML file of your answers to the ethics checklist; its verdict goes into the log.
        max_tokens: The longest reply; one that is cut off counts as truncated.
        seed: Seed of the bootstrap, the permutations, and of the model.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae import run
    from personae.errors import UsageError
    from personae.measure.as_inspect import task_on
    from personae.measure.implicit_personalization import (
        ImplicitPersonalization,
        keeping_meaning,
        own_pairs,
        read_checklist,
        read_pairs,
    )
    from personae.measure.implicit_personalization import checklist as answered
    from personae.models import open_pair_scorer
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.types import Settings

    listed = [name.strip() for name in (kinds.split(",") if isinstance(kinds, str) else kinds) if name.strip()]
    chosen = read_pairs(pairs) if pairs else own_pairs(listed)
    chosen = tuple(pair for pair in chosen if not listed or pair.kind in listed)
    dropped: dict[str, int] = {}
    noted: dict[str, object] = {"ethics": dataclasses.asdict(read_checklist(checklist) if checklist else answered({}))}
    if scorer is not None:
        kept = run(keeping_meaning(chosen, open_pair_scorer(scorer), strict=strict))
        chosen, dropped = kept.pairs, kept.missing
        noted |= {"meaning_kept_by": kept.scorer, "dropped": kept.dropped}
    if not chosen:
        raise UsageError(f"no pair is left of the kinds {listed or 'given'!r}; dropped were {dropped!r}")
    measure = ImplicitPersonalization(chosen, dropped, as_persona=persona is not None, mediator=mediator, seed=seed)
    who = find(persona) if persona else Persona(name="the model itself")
    settings = Settings(temperature=0.0, max_tokens=max_tokens, seed=seed)
    return task_on(measure, who, settings, cache=cache, **noted)
