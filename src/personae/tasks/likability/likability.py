"""Likability: is it pleasant to talk to, and more so from chat to chat?

"LikeBench", 2025.

inspect eval personae/likability --model personae/embedded -T sessions=1 -T turns=2
inspect eval personae/likability --model openai/gpt-4o -T user_model=openai/gpt-4o-mini
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def likability(
    users: str | None = None,
    user_model: str | None = None,
    persona: str | None = None,
    sessions: int = 2,
    turns: int = 4,
    n: int | None = None,
    pairs: str | None = None,
    max_tokens: int = 400,
    temperature: float = 0.7,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per simulated user, all chats in it.

    Args:
        users: YAML file of users; ours when not given.
        user_model: Model that talks and rates as the user; the model under test when not given.
        persona: Who is talked to: a persona file, card or starter; a plain assistant when not given.
        sessions: Chats per user.
        turns: Turns of a chat.
        n: The most users.
        pairs: Pair scorer for the callback proxy (embedded, hf/NAME); none when not given.
        max_tokens: The longest reply.
        temperature: Of replies.
        seed: Seed of both models.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    import dataclasses

    from personae.measure.as_inspect import task_on
    from personae.measure.likability import Likability, own_users, read_users
    from personae.measure.likability.measure import USER_SETTINGS
    from personae.models.registry import open_pair_scorer
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.tasks._models import opened
    from personae.types import Settings

    who = find(persona) if persona else Persona(name="Assistant", summary="A helpful assistant.")
    measure = Likability(
        (read_users(users) if users else own_users())[:n],
        opened(user_model, cache, "user"),
        sessions,
        turns,
        open_pair_scorer(pairs) if pairs else None,
        dataclasses.replace(USER_SETTINGS, seed=seed),
    )
    return task_on(measure, who, Settings(temperature=temperature, max_tokens=max_tokens, seed=seed), cache=cache)
