"""The stereotype suite from what the user has: BBQ files, CrowS-type pairs, or both."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from personae.errors import UsageError
from personae.measure.stereotype_sweep.bbq import read_bbq
from personae.measure.stereotype_sweep.crows import read_pairs
from personae.measure.stereotype_sweep.suite import SETTINGS, StereotypeSuite
from personae.measure.sweep import Item

if TYPE_CHECKING:
    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> StereotypeSuite:
    """Items of `data/bbq` and of `data/crows_pairs`; `n` is the most of each, a seeded part."""
    bbq, pairs = sources.held("bbq"), sources.held("crows_pairs")
    if bbq is None and pairs is None:
        raise UsageError("the suite 'stereotype' needs a folder with 'bbq' or 'crows_pairs' in it; name it with --data")
    found = _part(read_bbq(bbq), sources, 1) if bbq else []
    found += _part(read_pairs(pairs), sources, 2) if pairs else []
    return StereotypeSuite(tuple(found), seeds=sources.seeds(1), settings=sources.settings(SETTINGS))


def _part(items: tuple[Item, ...], sources: Sources, together: int) -> list[Item]:
    """At most `n` items, or as many pairs of both orders."""
    units = [items[at : at + together] for at in range(0, len(items), together)]
    if sources.n is not None and sources.n < len(units):
        kept = sorted(random.Random(sources.seed).sample(range(len(units)), sources.n))
        units = [units[at] for at in kept]
    return [item for unit in units for item in unit]
