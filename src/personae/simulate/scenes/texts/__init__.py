"""What actors, the environment and the director are told, one file per language."""

from __future__ import annotations

from functools import cache

from personae.files import bundled


@cache
def texts(language: str) -> dict[str, str]:
    """The texts in a language, or in English where we have no others."""
    return {key: str(text).strip() for key, text in bundled(__name__, "scenes", language).items()}
