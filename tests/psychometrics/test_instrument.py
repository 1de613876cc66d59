"""What an instrument promises: ids once, keys in data, the nearest name, a checksum over all that scores."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.psychometrics import Instrument, Item, Licence, Response

FIVE = Response(("strongly disagree", "disagree", "neither", "agree", "strongly agree"))
ITEMS = (
    Item("1", "I like parties.", "E", 1, "company"),
    Item("2", "I keep quiet.", "E", -1, "company"),
    Item("3", "I plan.", "C", 1),
    Item("4", "I own a hat.", "C", 0),
    Item("5", "Taxes are too high.", key=0, effects={"econ": -10}),
)


def made(**changes: Any) -> Instrument:
    return replace(Instrument("made", ITEMS, FIVE, Licence("MIT", may_ship=True)), **changes)


def test_scales_hold_scored_items_only_domains_before_facets() -> None:
    assert [(scale.level, scale.name, dict(scale.keys)) for scale in made().scales] == [
        ("domain", "E", {"1": 1, "2": -1}),
        ("domain", "C", {"3": 1}),
        ("facet", "company", {"1": 1, "2": -1}),
    ]
    assert made().domains == ("E", "C")


def test_items_and_scales_are_found_by_name_and_the_nearest_one_is_named() -> None:
    assert made().item("3").text == "I plan."
    assert made().scale("company").level == "facet"
    with pytest.raises(UsageError, match=r"'made' has no scale 'compny'; did you mean 'company'\?"):
        made().scale("compny")
    with pytest.raises(UsageError, match="'made' has no item '9'"):
        made().item("9")


def test_an_id_used_twice_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="the item '3' more than once"):
        made(items=(*ITEMS, Item("3", "I plan again.", "C")))


@pytest.mark.parametrize("key", [2, -2, 0.5, None, "+"])
def test_a_key_is_plus_one_minus_one_or_zero(key: Any) -> None:
    with pytest.raises(UsageError, match="a key is \\+1, -1 or 0"):
        made(items=(Item("a", "I hum.", "M", key),))


def test_an_instrument_without_items_is_refused() -> None:
    with pytest.raises(UsageError, match="has no items"):
        made(items=())


@pytest.mark.parametrize("labels", [(), ("yes",), ("yes", " YES "), ("yes", ""), ("a  b", "A b", "c")])
def test_labels_that_cannot_be_told_apart_are_refused(labels: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="two or more different labels"):
        Response(labels)


def test_raw_answers_are_turned_by_the_key_and_scored_ones_are_not() -> None:
    assert made().keyed("2", 5) == 1
    assert made(coding="scored").keyed("2", 5) == 5
    assert made().keyed("1", 5) == made(coding="scored").keyed("1", 5) == 5


@given(st.integers(-3, 3), st.integers(2, 11), st.data())
def test_turning_an_answer_twice_gives_it_back(low: int, size: int, data: st.DataObject) -> None:
    scale = Response(tuple(f"label {n}" for n in range(size)), low)
    answer = data.draw(st.sampled_from(scale.points))
    assert scale.turned(scale.turned(answer)) == answer
    assert scale.turned(answer) in scale.points
    assert (answer + scale.turned(answer)) / 2 == scale.middle
    assert scale.points[-1] == scale.high


@pytest.mark.parametrize(
    "changes",
    [
        {"items": ITEMS[:4]},
        {"items": (replace(ITEMS[0], key=-1), *ITEMS[1:])},
        {"items": (replace(ITEMS[0], text="I like people."), *ITEMS[1:])},
        {"items": (replace(ITEMS[0], domain="A"), *ITEMS[1:])},
        {"items": (replace(ITEMS[0], facet="noise"), *ITEMS[1:])},
        {"items": (*ITEMS[:4], replace(ITEMS[4], effects={"econ": 10}))},
        {"coding": "scored"},
        {"response": Response(FIVE.labels, 0)},
        {"response": Response((*FIVE.labels[:4], "wholly agree"))},
    ],
)
def test_the_checksum_changes_with_whatever_scores(changes: dict[str, Any]) -> None:
    assert made(**changes).sha256 != made().sha256


def test_the_checksum_does_not_depend_on_the_order_of_items_or_on_the_title() -> None:
    assert made(items=ITEMS[::-1], title="Another", names={"E": "extraversion"}).sha256 == made().sha256


def test_an_instrument_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        made().coding = "scored"  # type: ignore[misc]
    assert made() == made()


def test_a_thousand_items_are_found_quickly() -> None:
    many = made(items=tuple(Item(str(n), f"Sentence {n}.", f"D{n % 40}") for n in range(10_000)))
    assert sum(many.keyed(item.id, 5) for item in many.items) == 50_000
    assert len(many.scales) == 40
