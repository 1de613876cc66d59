"""The face of a persona: small, redrawn, and never a reason to fail."""

from __future__ import annotations

import base64
import io

from PIL import Image

from personae.report.portrait import SIDE, initials, portrait


def test_the_picture_is_made_small_and_carries_nothing_else(tmp_path):
    file = tmp_path / "card.png"
    Image.new("RGB", (1200, 1800), "teal").save(file)
    uri = portrait(file)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert max(picture.size) == SIDE
    assert picture.info == {}


def test_what_is_no_picture_gives_none(tmp_path):
    broken = tmp_path / "card.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    assert portrait(broken) == ""
    assert portrait(tmp_path / "nowhere.png") == ""
    assert portrait(tmp_path / "persona.yaml") == ""


def test_initials_are_letters_of_the_first_two_words():
    assert initials("Ana") == "A"
    assert initials("ana de la cruz") == "AD"
    assert initials("\u200b <>") == "?"
