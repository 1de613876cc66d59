"""Role identification (PersonaEval, 2025): who says this reply?

inspect eval personae/personaeval --model personae/embedded -T way=letters --limit 20
inspect eval personae/personaeval --model openai/gpt-4o
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset

if TYPE_CHECKING:
    from personae.models.choices import Way


@task
def personaeval(
    data: str | None = None,
    way: Way = "shares",
    anonymise: bool = True,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """Which of three to five people says a reply, asked in every rotation of the options.

    Args:
        data: Folder of scene files to make items of; without it our own items are asked.
        way: How the model answers: "shares" (JSON), "letters" (log-probabilities), "spoken" or "whole".
        anonymise: With `data`: neutral names in place of the book's own.
        seed: Seed of the order of the options.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.judges.qualification import bundled
    from personae.judges.qualification.scenes import items_in
    from personae.simulate.scenes import load_scenes, visible
    from personae.tasks.personaeval.solving import identified, identify, record_to_sample, summary

    items = items_in(data, load_scenes, visible=visible, anonymise=anonymise)[0] if data else bundled.speakers()
    return Task(
        name="personaeval",
        dataset=MemoryDataset([record_to_sample(item) for item in items]),
        solver=identify(items, way, seed, cache),
        scorer=identified(),
        metrics=[summary(items)],
        metadata={"items": len(items), "way": way, "seed": seed},
    )
