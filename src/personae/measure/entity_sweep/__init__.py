"""Whom does a persona attack, and how often does it answer at all?

`cells` has the numbers of a sweep, `entities` whom it asks about, `suite` is the audit.
"""

from __future__ import annotations

from personae.measure.entity_sweep.cells import Responses, gap, responses
from personae.measure.entity_sweep.entities import Entity, own_entities, probes, read_entities, tempers
from personae.measure.entity_sweep.suite import EntitySuite

__all__ = [
    "Entity",
    "EntitySuite",
    "Responses",
    "gap",
    "own_entities",
    "probes",
    "read_entities",
    "responses",
    "tempers",
]
