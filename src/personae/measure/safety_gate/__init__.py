"""May this persona be released? Its texts read for suspended rules, its refusals compared with those of nobody.

`rules` reads the texts, `measure` asks, `verdict` decides.
"""

from __future__ import annotations

from personae.measure.safety_gate.measure import SafetyGate, prompts
from personae.measure.safety_gate.rules import suspended_rules
from personae.measure.safety_gate.verdict import Shift, Verdict, shift, verdict

__all__ = ["SafetyGate", "Shift", "Verdict", "prompts", "shift", "suspended_rules", "verdict"]
