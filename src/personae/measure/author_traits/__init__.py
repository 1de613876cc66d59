"""Whose personality is in this text?

`questionnaire` has a model rate sentences about the author, `probe` learns from the user's labels, `interview` calls
traits forth by questions; `agreement` says how far any of them agrees with labels, `measure` is the interview of a
persona.
"""

from __future__ import annotations

from personae.measure.author_traits.agreement import Agreement, agreement, agreements
from personae.measure.author_traits.interview import (
    Activation,
    ByProbe,
    ByQuestionnaire,
    Elicited,
    TextReader,
    activation,
    interview,
)
from personae.measure.author_traits.measure import AuthorTraits
from personae.measure.author_traits.probe import Probe, train
from personae.measure.author_traits.profile import AuthorProfile, AuthorTrait
from personae.measure.author_traits.questionnaire import AuthorQuestionnaire

__all__ = [
    "Activation",
    "Agreement",
    "AuthorProfile",
    "AuthorQuestionnaire",
    "AuthorTrait",
    "AuthorTraits",
    "ByProbe",
    "ByQuestionnaire",
    "Elicited",
    "Probe",
    "TextReader",
    "activation",
    "agreement",
    "agreements",
    "interview",
    "train",
]
