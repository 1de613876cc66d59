"""Poles, roles, topics and prompts of trait talks, one file per use and language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def texts(use: str, language: str = "en") -> Any:
    """The texts for a use ("poles", "roles", "topics", "prompts") in a language, or in English where we have no
    others."""
    folder = files(__name__)
    source = folder / f"{use}.{language}.yaml"
    if not source.is_file():
        source = folder / f"{use}.en.yaml"
    return YAML(typ="safe").load(source.read_text("utf-8"))
