"""SmolLM2 in torch, loaded once per test process: it takes half a minute, most of it to read the GGUF file's words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personae.models.hf import HfModel


@cache
def smollm() -> HfModel:
    """For tests that leave it as it is."""
    from personae.models.gguf_file import default_weights
    from personae.models.hf import HfModel

    return HfModel(default_weights())
