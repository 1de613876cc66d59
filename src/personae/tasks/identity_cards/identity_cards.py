"""Identity cards: is a name looked up on its card, or is anybody in the picture taken for the one asked about?

Personalized Visual Instruction Tuning (2024), in text: pictures are described, faces are not recognised.

inspect eval personae/identity_cards --model personae/embedded -T scenes=20
inspect eval personae/identity_cards --model openai/gpt-4o -T cards=5
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def identity_cards(scenes: int = 100, cards: int = 3, seed: int = 0, cache: str | None = None) -> Task:
    """Two questions a scene, one that its cards answer and one that they do not; who ignores names gets one half.

    Args:
        scenes: How many scenes there are.
        cards: How many people have a card in each, 2 to 6.
        seed: Seed of people, looks and order.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_on
    from personae.measure.identity_cards import IdentityCards, make_questions
    from personae.persona.persona import Persona
    from personae.types import Settings

    measure = IdentityCards(make_questions(scenes, n_cards=cards, seed=seed), seed)
    return task_on(measure, Persona(name="the model itself"), Settings(seed=seed), cache=cache, cards=cards)
