"""Does a model treat people differently because of how they write? Paired audits, and what the study released."""

from __future__ import annotations

from personae.measure.implicit_personalization.checklist import Checklist, checklist, questions, read_checklist
from personae.measure.implicit_personalization.cues import (
    CuePair,
    Lexicon,
    friend,
    own_lexicon,
    own_pairs,
    paired,
    read_lexicon,
    read_pairs,
)
from personae.measure.implicit_personalization.effects import Effect, Likeness, effect, likeness, similarity
from personae.measure.implicit_personalization.meaning import Kept, keeping_meaning
from personae.measure.implicit_personalization.measure import Audit, ImplicitPersonalization, implicit
from personae.measure.implicit_personalization.released import Persuaded, answers_alike, essay_scores, persuasion

__all__ = [
    "Audit",
    "Checklist",
    "CuePair",
    "Effect",
    "ImplicitPersonalization",
    "Kept",
    "Lexicon",
    "Likeness",
    "Persuaded",
    "answers_alike",
    "checklist",
    "effect",
    "essay_scores",
    "friend",
    "implicit",
    "keeping_meaning",
    "likeness",
    "own_lexicon",
    "own_pairs",
    "paired",
    "persuasion",
    "questions",
    "read_checklist",
    "read_lexicon",
    "read_pairs",
    "similarity",
]
