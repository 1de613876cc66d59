"""What measures say: probe questions, small talk and pressure, one file per use and language."""

from __future__ import annotations

from typing import Any

from personae.files import bundled


def texts(use: str, language: str) -> Any:
    """The texts for a use ("probes", "drift", "open") in a language, or in English where we have no others."""
    return bundled(__name__, use, language)
