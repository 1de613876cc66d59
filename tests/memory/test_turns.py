"""Turns and scopes are checked once, where they are made."""

from __future__ import annotations

from typing import Any

import pytest

from personae.errors import UsageError
from personae.memory.turns import Scope, Turn, moment, numbers_of, turn_id

HARBOUR = Scope("keeper", "ines", "harbour")


def turn(**changes: Any) -> Turn:
    fields = {"id": "D1:1", "scope": HARBOUR, "session": "1", "speaker": "Ines", "text": "Hello."}
    return Turn(**{**fields, **changes})


def test_a_turn_is_searched_with_its_speaker_and_if_asked_its_picture() -> None:
    shared = turn(caption="a red boat")
    assert shared.document() == 'Ines said, "Hello."'
    assert shared.document(captions=True) == 'Ines said, "Hello." and shared a red boat'
    assert turn().document(captions=True) == turn().document()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": ""}, "id is ''"),
        ({"speaker": " "}, "speaker is ' '"),
        ({"session": 3}, "session is 3"),
        ({"id": "x" * 201}, "201 characters long"),
        ({"scope": Scope("keeper", "ines")}, "belongs to no conversation"),
        ({"text": None}, "text of 'D1:1' is None"),
        ({"text": "\ud800"}, "half a character"),
        ({"text": "x" * 1_000_001}, "has 1000001 characters"),
        ({"caption": 5}, "caption of 'D1:1' is 5"),
        ({"at": "yesterday"}, "'yesterday' is no ISO 8601 time"),
        ({"origin": "guessed"}, "unknown origin 'guessed'"),
        ({"origin": "derived"}, "names no source"),
        ({"sources": ("D1:1",)}, "ids of other turns"),
        ({"sources": "D1:2"}, "ids of other turns"),
    ],
)
def test_what_is_no_turn_is_refused_with_its_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        turn(**changes)


@pytest.mark.parametrize("names", [("", "u"), ("a", " "), ("a", "u", ""), ("a", None), ("a\ud800", "u")])
def test_a_scope_needs_names(names: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError):
        Scope(*names)


def test_a_scope_holds_its_conversations_and_nobody_elses() -> None:
    ines = Scope("keeper", "ines")
    assert ines.holds(ines)
    assert ines.holds(HARBOUR)
    assert not HARBOUR.holds(ines)
    assert not ines.holds(Scope("keeper", "rui", "harbour"))
    assert not ines.holds(Scope("tutor", "ines", "harbour"))


def test_numbered_ids_are_read_back() -> None:
    assert numbers_of(turn_id(12, 5)) == (12, 5)
    assert [numbers_of(odd) for odd in ("D12", "D1:2x", "d1:2", "")] == [None] * 4
    with pytest.raises(UsageError, match="counted from 1"):
        turn_id(0, 5)


def test_times_are_iso() -> None:
    assert moment("2026-03-01").day == 1
    for odd in ("8 May 2023", "", None, 5):
        with pytest.raises(UsageError, match="ISO 8601"):
            moment(odd)  # type: ignore[arg-type]
