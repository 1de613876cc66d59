"""What we say to a judge that is being examined."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wording() -> Any:
    """Our prompts, from `texts/`."""
    from ruamel.yaml import YAML

    return YAML(typ="safe").load((files(__package__) / "texts" / "qualification.en.yaml").read_text("utf-8"))
