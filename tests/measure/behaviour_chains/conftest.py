"""A short chain of which everything is known."""

from __future__ import annotations

import pytest

from personae.measure.behaviour_chains import Chain, Node


@pytest.fixture
def rain() -> Chain:
    """Four steps; the true behaviour is always the one in capitals."""
    return Chain(
        "rain",
        "Ana Reis",
        tuple(
            Node(
                f"Hour {n}: the rain goes on.",
                f"She takes step {n} TRULY.",
                tuple(f"She {verb} at {n}." for verb in ("waits", "sings", "calls")),
            )
            for n in range(4)
        ),
        profile="Ana walks on.",
        history="Rui had warned her.",
        people=("Rui",),
    )
