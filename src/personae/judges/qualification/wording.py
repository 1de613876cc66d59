"""What we say to a judge that is being examined."""

from __future__ import annotations

from typing import Any

from personae.files import bundled


def wording() -> Any:
    """Our prompts, from `texts/`."""
    return bundled(__package__, "texts/qualification.en.yaml")
