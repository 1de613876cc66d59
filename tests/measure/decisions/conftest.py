"""A decision of which everything is known."""

from __future__ import annotations

import pytest

from personae.measure.decisions import Decision


@pytest.fixture
def night() -> Decision:
    """The memory that settles it speaks of Marta; only the description ties her to boats."""
    return Decision(
        "night",
        "Ana Reis",
        "A boat is ready at the pier, and it is dark.",
        "What does Ana do?",
        ("She goes aboard.", "She stays on land.", "She waits for Rui.", "She sells her ticket."),
        1,
        "Ana bakes bread. About any boat Ana hears what Marta said.",
        (
            "The pier was painted green.",
            "The bread was stale.",
            "Marta said: never at night.",
            "A dark boat had sails.",
        ),
        ("Marta", "Rui"),
    )
