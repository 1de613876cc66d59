"""The face of a persona on the page: the picture of its card, made small, or its initials."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path

from PIL import Image

#: Side of the picture in pixels: twice what the page shows, for sharp screens.
SIDE = 256

#: Larger pictures are not opened.
MOST_PIXELS = 50_000_000


def portrait(file: Path) -> str:
    """The picture a PNG card carries as a data uri, drawn anew without the card in it; "" where there is none."""
    if file.suffix not in (".png", ".apng"):
        return ""
    try:
        with warnings.catch_warnings(), Image.open(file, formats=["PNG"]) as picture:
            warnings.simplefilter("ignore")
            if picture.width * picture.height > MOST_PIXELS:
                return ""
            small = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    small.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def initials(name: str) -> str:
    """One or two letters for a name.

    >>> initials("Ilse Marten"), initials("<b>Zoë</b>"), initials("…")
    ('IM', 'B', '?')
    """
    letters = [next((character for character in word if character.isalnum()), "") for word in name.split()[:2]]
    return "".join(letters).upper()[:2] or "?"
