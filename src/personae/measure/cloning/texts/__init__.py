"""What clones are told and asked, one file per language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def texts(language: str = "en") -> Any:
    """The texts in a language, or in English where we have no others."""
    folder = files(__name__)
    source = folder / f"cloning.{language}.yaml"
    if not source.is_file():
        source = folder / "cloning.en.yaml"
    return YAML(typ="safe").load(source.read_text("utf-8"))
