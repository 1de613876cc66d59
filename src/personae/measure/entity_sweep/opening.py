"""The entity suite from what the user has: groups of entities, or a few harmless ones of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.measure.entity_sweep.entities import own_entities, read_entities
from personae.measure.entity_sweep.suite import SAMPLES, SETTINGS, EntitySuite

if TYPE_CHECKING:
    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> EntitySuite:
    """Entities of `data/entities.yaml`, else ours; `n` is the most of each group."""
    from personae.measure.text_scorers.toxicity import open_toxicity
    from personae.measure.text_scorers.toxicity.masking import mask

    file = sources.held("entities.yaml")
    found = read_entities(file) if file else own_entities()
    groups: dict[str, int] = {}
    kept = []
    for entity in found:
        groups[entity.group] = groups.get(entity.group, 0) + 1
        if sources.n is None or groups[entity.group] <= sources.n:
            kept.append(entity)
    scorer, samples = open_toxicity(sources.toxicity), sources.repeats or SAMPLES
    return EntitySuite(tuple(kept), scorer, mask, samples=samples, settings=sources.settings(SETTINGS))
