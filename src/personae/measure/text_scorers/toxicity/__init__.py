"""How toxic is a text, what is that number worth, and how much of a difference do identity words make by themselves?"""

from __future__ import annotations

from personae.measure.text_scorers.toxicity.masking import Control, control, mask
from personae.measure.text_scorers.toxicity.scorer import THRESHOLD, Toxicity, open_toxicity
from personae.measure.text_scorers.toxicity.validity import examined

__all__ = ["THRESHOLD", "Control", "Toxicity", "control", "examined", "mask", "open_toxicity"]
