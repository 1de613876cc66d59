"""Our claims, and the words in which they are put to somebody."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def wording() -> Any:
    """Relations, questions and openers; English, as the claims are."""
    return YAML(typ="safe").load((files(__name__) / "stance.en.yaml").read_text("utf-8"))
