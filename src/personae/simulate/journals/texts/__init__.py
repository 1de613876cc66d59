"""Prompts of talks between diarists, and the words by which addresses are known."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def texts(use: str, language: str = "en") -> Any:
    """The texts for a use ("talk", "personal") in a language, or in English where we have no others."""
    folder = files(__name__)
    source = folder / f"{use}.{language}.yaml"
    if not source.is_file():
        source = folder / f"{use}.en.yaml"
    return YAML(typ="safe").load(source.read_text("utf-8"))
