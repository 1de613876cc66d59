"""Is a reply borne out by other replies of the same model, or by the persona's card? [SelfCheckAgent, 2025]

`passage` is what is checked, `by_words` and `by_meaning` score its sentences, `collection` joins scorers and sets them
beside people's labels, `measure` asks a persona.
"""

from __future__ import annotations

from personae.measure.self_check.by_meaning import Asked, Nearness, Nli
from personae.measure.self_check.by_words import SemanticUnigram, Unigram
from personae.measure.self_check.collection import average_precision, min_max, quality, triangulate
from personae.measure.self_check.measure import SelfCheck
from personae.measure.self_check.passage import Passage, Scorer, Scores

__all__ = [
    "Asked",
    "Nearness",
    "Nli",
    "Passage",
    "Scorer",
    "Scores",
    "SelfCheck",
    "SemanticUnigram",
    "Unigram",
    "average_precision",
    "min_max",
    "quality",
    "triangulate",
]
