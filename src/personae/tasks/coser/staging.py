"""What the task needs before the curtain: the scenes, and who plays."""

from __future__ import annotations

import dataclasses
import os
from importlib.resources import files
from pathlib import Path

from inspect_ai.dataset import MemoryDataset, Sample

from personae.errors import UsageError
from personae.measure.acting import Acting
from personae.measure.as_inspect import MeasureTask, NothingToMeasure, observe, observed, summary
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.simulate.scenes import Scene, load_scenes
from personae.types import Settings

#: Where the public-domain part of the released test set lies in the folder of reference data.
PUBLIC_DOMAIN = "coser_public_domain/test_set_public_domain_books.json"
MOST_FILES = 1000


def scenes_of(source: str) -> tuple[Scene, ...]:
    """The scenes named "own" or "public_domain", or those of a file or of all scene files in a folder, in order.

    A folder's scenes bear the file's name before their own id where two would be called the same. Raises UsageError
    for a place that is not there, FormatError for a file that holds no scene.
    """
    if source == "own":
        return scenes_of(str(files(__package__) / "scenes"))
    if source == "public_domain":
        data = os.environ.get("PERSONAE_DATA")
        if not data:
            raise UsageError("'public_domain' is looked for in PERSONAE_DATA, which is not set; or name a file")
        return scenes_of(str(Path(data) / PUBLIC_DOMAIN))
    path = Path(source)
    if path.is_file():
        return load_scenes(path)
    if not path.is_dir():
        raise UsageError(f"no scenes at {source!r}; name a file, a folder, 'own' or 'public_domain'")
    found = sorted(each for each in path.iterdir() if each.suffix.lower() in (".yaml", ".yml", ".json"))
    if not 0 < len(found) <= MOST_FILES:
        raise UsageError(f"{source!r} holds {len(found)} scene files; 1 to {MOST_FILES} are read")
    named = [(each.stem, scene) for each in found for scene in load_scenes(each)]
    ids = [scene.id for _, scene in named]
    return tuple(
        scene if ids.count(scene.id) == 1 else dataclasses.replace(scene, id=f"{stem}/{scene.id}")
        for stem, scene in named
    )


def acting_task(
    measure: Acting,
    persona: str | None,
    part: str | None,
    *,
    temperature: float,
    turn_tokens: int,
    seed: int,
    cache: str | None,
) -> MeasureTask:
    """The task. Raises UsageError for a part without a persona."""
    if persona is None and part is not None:
        raise UsageError(f"nobody is there to play {part!r}; name a persona with -T persona=…")
    who = Persona(name="the cast") if persona is None else find(persona)
    measure = dataclasses.replace(measure, part=None if persona is None else part or who.name)
    plan = measure.plan(who)
    if not plan.cases:
        raise NothingToMeasure(measure, plan)
    settings = Settings(temperature=temperature, max_tokens=turn_tokens, seed=seed)
    samples = [Sample(id=case.id, input=case.input, metadata=dict(case.data)) for case in plan.cases]
    about = None if persona is None else {"name": who.name, "content_hash": who.content_hash}
    return MeasureTask(
        measure,
        plan,
        name=measure.name,
        dataset=MemoryDataset(samples),
        solver=observe(measure, who, plan.cases, settings, cache),
        scorer=observed(),
        metrics=[summary(measure, who)],
        fail_on_error=True,
        metadata={"persona": about, "judge": measure.about_judge, "seed": seed},
    )
