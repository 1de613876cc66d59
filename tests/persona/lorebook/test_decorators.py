"""Decorator lines and their fallbacks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from personae.persona.lorebook.decorators import read, strip


def test_content_without_decorators_is_left_alone() -> None:
    assert read("  Some lore.\n@@depth 2").content == "  Some lore.\n@@depth 2"


def test_the_first_usable_of_seven_fallbacks_counts() -> None:
    chain = "@@x1 1\n@@@x2 1\n@@@x3\n@@@x4\n@@@x5\n@@@depth deep\n@@@role user\n@@@depth 3\nLore"
    decorated = read(chain)
    assert dict(decorated.values) == {"role": "user"}
    assert len(decorated.ignored) == 6


def test_a_fallback_is_not_used_when_its_decorator_is() -> None:
    assert dict(read("@@depth 5\n@@@instruct_depth 5\n@@@role user\nLore").values) == {"depth": 5}


def test_of_two_decorators_of_one_name_the_first_counts() -> None:
    assert read("@@depth 1\n@@depth 2\nLore").values["depth"] == 1


def test_a_fallback_without_a_decorator_is_dropped() -> None:
    assert read("@@@depth 1\nLore").values == {}


def test_blank_lines_and_windows_line_ends_do_not_matter() -> None:
    decorated = read("\r\n@@depth 2\r\n\r\n@@role user\r\n\r\nFirst.\r\nSecond.\r\n")
    assert decorated.values == {"depth": 2, "role": "user"}
    assert decorated.content == "First.\nSecond."


@given(st.text())
def test_stripping_never_fails_and_leaves_no_decorator_at_the_head(text: str) -> None:
    assert not strip(text).lstrip("\n").startswith("@@")
