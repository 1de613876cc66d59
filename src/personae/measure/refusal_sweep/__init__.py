"""Do personas change what a model declines? `suite` is the audit; the verdict on one persona is `safety_gate`'s."""

from __future__ import annotations

from personae.measure.refusal_sweep.suite import RefusalSuite

__all__ = ["RefusalSuite"]
