"""What refinement says to a model. In English: so are our instructions, whatever language a persona speaks."""

from __future__ import annotations

from typing import Any

from personae.files import bundled


def refinement_texts() -> Any:
    """The texts by use: "edit" and "retry"."""
    return bundled(__name__, "refine.en.yaml")


def review_texts() -> Any:
    """What hardening says: "before", "after", "review", "revise", "declined"."""
    return bundled(__name__, "review.en.yaml")
