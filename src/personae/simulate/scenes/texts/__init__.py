"""What actors, the environment and the director are told, one file per language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML


@cache
def texts(language: str) -> dict[str, str]:
    """The texts in a language, or in English where we have no others."""
    folder = files(__name__)
    source = folder / f"scenes.{language}.yaml"
    if not source.is_file():
        source = folder / "scenes.en.yaml"
    return {key: str(text).strip() for key, text in YAML(typ="safe").load(source.read_text("utf-8")).items()}
