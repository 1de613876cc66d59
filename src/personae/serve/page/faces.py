"""A face for a persona: the picture drawn from its name."""

from __future__ import annotations

import base64
from functools import lru_cache

from personae.persona.portrait import portrait_png
from personae.serve.page.bits import Tag


@lru_cache(maxsize=256)
def _picture(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode(portrait_png(name, 112)).decode("ascii")


def face(name: str, classes: str = "face") -> None:
    """The picture; it says nothing that the name beside it does not."""
    Tag("img", classes=classes, src=_picture(name), alt="")
