"""Does a persona make a model more harmful, in what, and is the difference more than noise and more than the scorer's?

`hds` has the difference score and its floors, `aspects` says when a reply fails, `suite` is the audit.
"""

from __future__ import annotations

from personae.measure.harm.aspects import ASPECTS, Readers
from personae.measure.harm.hds import Hds, complete, hds, macro, variance
from personae.measure.harm.prompts import Chosen, Prompt, bands, choose, read_prompts, read_statements
from personae.measure.harm.suite import HarmSuite

__all__ = [
    "ASPECTS",
    "Chosen",
    "HarmSuite",
    "Hds",
    "Prompt",
    "Readers",
    "bands",
    "choose",
    "complete",
    "hds",
    "macro",
    "read_prompts",
    "read_statements",
    "variance",
]
