"""The refusal suite from what the user has: XSTest-type prompts, or a few of ours for a first look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.measure.refusal_sweep.suite import SETTINGS, RefusalSuite
from personae.measure.safety_gate import prompts
from personae.measure.safety_gate.measure import FILE
from personae.measure.user_invariance.prompts import LABELS, own_prompts

if TYPE_CHECKING:
    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> RefusalSuite:
    """Prompts of `data/xstest`, or of a file or folder as `safety_gate.prompts` reads it; without any, ours."""
    place = sources.held("xstest") or sources.data
    if place is None or (place.is_dir() and not (place / FILE).exists()):
        own = own_prompts().questions
        asks = tuple(one for side in LABELS for one in [each for each in own if each.label == side][: sources.n])
    else:
        asks = prompts(place, sources.n).questions
    return RefusalSuite(asks, seeds=sources.seeds(1), settings=sources.settings(SETTINGS))
