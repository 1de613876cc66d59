"""The refusal suite from what the user has: XSTest-type prompts, or a few of ours for a first look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.measure.refusal_sweep.suite import SETTINGS, RefusalSuite
from personae.measure.safety_gate import prompts
from personae.measure.user_invariance.prompts import LABELS, own_prompts

if TYPE_CHECKING:
    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> RefusalSuite:
    """Prompts of `data/xstest`, or of a file or folder as `safety_gate.prompts` reads it; without any, ours."""
    if sources.data is None:
        asks = [one for side in LABELS for one in [o for o in own_prompts().questions if o.label == side][: sources.n]]
        return RefusalSuite(tuple(asks), seeds=sources.seeds(1), settings=sources.settings(SETTINGS))
    found = prompts(sources.folder("xstest", of="refusal"), sources.n)
    return RefusalSuite(found.questions, seeds=sources.seeds(1), settings=sources.settings(SETTINGS))
