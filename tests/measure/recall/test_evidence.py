"""Evidence as it is written, and as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.measure.recall.evidence import ids_in, read, well_formed

KNOWN = {f"D{session}:{turn}" for session in range(1, 31) for turn in range(1, 31)}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("D8:6; D9:17", ("D8:6", "D9:17")),
        ("D9:1 D4:4", ("D9:1", "D4:4")),
        ("D:11:26", ("D11:26",)),
        ("D30:05", ("D30:5",)),
        ("D5:3.", ("D5:3",)),
        ("D12:3-D12:5", ("D12:3", "D12:4", "D12:5")),
        ("D12:3-5", ("D12:3", "D12:4", "D12:5")),
        ("D12:3-D13:2", ("D12:3", "D13:2")),
        ("D1:5-D1:2", ("D1:5", "D1:2")),
        ("D1:1-D1:99999", ("D1:1", "D1:99999")),
        ("D", ()),
        ("", ()),
        ("D0:0", ()),
    ],
)
def test_ids_are_repaired(text, ids):
    assert ids_in(text) == ids


def test_strings_as_they_stand_find_no_turn_when_malformed_but_count():
    found = read(["D8:6; D9:17", "D2:1"], KNOWN, "strict_legacy")
    assert found.listed == ("D8:6; D9:17", "D2:1")
    assert found.sessions == ("session_8", "session_2")
    assert read(["D"], KNOWN, "strict_legacy").sessions == ()


def test_repaired_drops_and_tells_what_the_conversation_has_not():
    found = read(["D1:1", "D1:99", "D1:1"], KNOWN)
    assert (found.turns, found.sessions, found.dropped) == (("D1:1",), ("session_1",), ("D1:99",))


def test_well_formed_is_one_id_and_nothing_else():
    assert well_formed("D1:2")
    assert not any(map(well_formed, ("D1:2.", "D", "D:1:2", "D1:2 D1:3")))


@given(st.text(alphabet="D:0123456789-–; .", max_size=200))
def test_any_string_can_be_read(text):
    assert len(ids_in(text)) <= 200 * 200
