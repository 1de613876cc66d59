"""Does a reply comply, refuse, abstain in character, or is it no reply at all?"""

from __future__ import annotations

from personae.measure.text_scorers.refusal.answers import Extractor, letter
from personae.measure.text_scorers.refusal.detector import KINDS, Kind, Label, besides, card, label
from personae.measure.text_scorers.refusal.opinion import Opinion, disagreement, second_opinion

__all__ = [
    "KINDS",
    "Extractor",
    "Kind",
    "Label",
    "Opinion",
    "besides",
    "card",
    "disagreement",
    "label",
    "letter",
    "second_opinion",
]
