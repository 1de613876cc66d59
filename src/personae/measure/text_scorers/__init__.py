"""Scorers of single texts – toxicity, regard, agreement, refusal – each with a card that says what it is worth.

`roles` says what a scorer is, `card` what it has to tell about itself.
"""

from __future__ import annotations

from personae.measure.text_scorers.card import Card, Figure, Slice, render
from personae.measure.text_scorers.roles import BLANK, Scored, TextScorer

__all__ = ["BLANK", "Card", "Figure", "Scored", "Slice", "TextScorer", "render"]
