"""What members of a group are told, and our own questions, one file per use and language."""

from __future__ import annotations

from typing import Any

from personae.files import bundled


def texts(use: str, language: str = "en") -> Any:
    """The texts for a use ("groups", "questions") in a language, or in English where we have no others."""
    return bundled(__name__, use, language)
