"""Our claims, and the words in which they are put to somebody."""

from __future__ import annotations

from typing import Any

from personae.files import bundled


def wording() -> Any:
    """Relations, questions and openers; English, as the claims are."""
    return bundled(__name__, "stance.en.yaml")
