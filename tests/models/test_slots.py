"""Talks with one persona begin alike; what was read of each is kept as long as there is room."""

from __future__ import annotations

from personae.models._slots import Pieces, Slots

PERSONA = tuple(range(20))


def talk(number: int, length: int = 80) -> Pieces:
    return Pieces(PERSONA + tuple(range(number * 1000, number * 1000 + length)), (20, 19 + length))


def test_long_talks_that_begin_alike_have_a_slot_each():
    slots = Slots(4)
    assert [slots.take(talk(number)) for number in (1, 2, 3)] == [(0, 0), (1, 0), (2, 0)]
    assert [slots.take(talk(number)) for number in (1, 2, 3)] == [(0, 99), (1, 99), (2, 99)]


def test_a_short_question_takes_the_place_of_another():
    slots = Slots(4)
    assert [slots.take(talk(number, length=9)) for number in (1, 2)] == [(0, 0), (0, 20)]


def test_with_nothing_in_common_and_no_room_the_shortest_is_given_up():
    slots = Slots(2)
    for tokens in ((1,) * 9, (2,) * 5):
        slots.take(Pieces(tokens, (len(tokens) - 1,)))
    assert slots.take(Pieces((3, 3), (1,))) == (1, 0)
