"""Cards that say who looks how, and questions that need them looked up; answerable and unanswerable in pairs."""

from __future__ import annotations

from personae.measure.identity_cards.measure import (
    IdentityCard,
    IdentityCards,
    Question,
    make_questions,
    renamed,
)

__all__ = ["IdentityCard", "IdentityCards", "Question", "make_questions", "renamed"]
