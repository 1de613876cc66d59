"""Lorebooks in files of their own: three shapes, read and written back without loss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.errors import FormatError
from personae.persona.formats.lorebook_file import read_lorebook, write_lorebook

BOOK = (Path(__file__).parent / "cards" / "lorebook_v3.json").read_bytes()
BARE = json.dumps(json.loads(BOOK)["data"]).encode()
WORLD = json.dumps(
    {
        "entries": {
            "0": {"uid": 0, "key": ["map"], "keysecondary": [], "content": "Tejo", "order": 7, "disable": False,
                  "selective": True, "position": 4, "depth": 2, "excludeRecursion": True, "x_own": {"keep": 1}},
            "5": {"uid": 5, "key": ["k"], "keysecondary": ["iron"], "content": "Iron", "order": 9, "disable": True,
                  "selective": True, "position": 1},
        },
        "name": "world",
        "x_top": 1,
    }
).encode()  # fmt: skip


@pytest.mark.parametrize("data", [BOOK, BARE, WORLD])
def test_an_unchanged_book_comes_back_equal_in_every_shape(data: bytes) -> None:
    assert json.dumps(json.loads(write_lorebook(read_lorebook(data, "x"), data))) == json.dumps(json.loads(data))


def test_world_info_reads_as_the_same_entries_a_card_would_hold() -> None:
    first, second = read_lorebook(WORLD, "w.json").entries
    assert (first.keys, first.insertion_order, first.enabled, first.selective) == (("map",), 7, True, False)
    assert first.extensions == {"position": 4, "depth": 2, "exclude_recursion": True}
    assert (second.secondary_keys, second.enabled, second.selective) == (("iron",), False, True)
    assert second.position == "after_char"


def test_an_edit_of_world_info_keeps_its_own_key_names() -> None:
    book = read_lorebook(WORLD, "w.json")
    first = book.entries[0].model_copy(update={"content": "Douro", "enabled": False, "insertion_order": 8})
    more = first.model_copy(update={"id": 9, "keys": ("new",)})
    tree = json.loads(write_lorebook(book.model_copy(update={"entries": (first, book.entries[1], more)}), WORLD))
    old = json.loads(WORLD)["entries"]
    assert tree["entries"]["0"] == old["0"] | {"content": "Douro", "disable": True, "order": 8}
    assert tree["entries"]["5"] == old["5"]
    assert len(tree["entries"]) == 3
    assert tree["x_top"] == 1


def test_a_fresh_book_is_written_as_lorebook_v3_and_reads_equal() -> None:
    book = read_lorebook(BOOK, "x")
    assert json.loads(write_lorebook(book))["spec"] == "lorebook_v3"
    assert read_lorebook(write_lorebook(book), "x") == book


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"entries": 3}', b'{"name": "Ana", "first_mes": ""}'])
def test_what_is_no_lorebook_says_so(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"x\.json"):
        read_lorebook(data, "x.json")
