"""What refinement says to a model. In English: so are our instructions, whatever language a persona speaks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def refinement_texts() -> Any:
    """The texts by use: "edit" and "retry"."""
    return YAML(typ="safe").load((files(__name__) / "refine.en.yaml").read_text("utf-8"))
