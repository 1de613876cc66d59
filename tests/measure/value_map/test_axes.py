"""One person on the map, against figures recomputed from the released questions and profiles of 8values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.value_map import maxima, nearest_profile, place, read_people
from personae.measure.value_map.axes import acquiescence
from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.published.eight_values import ideologies, load

THREE = Response(("no", "undecided", "yes"))
TWO = Instrument(
    "two",
    (
        Item("tax", "Tax the rich.", key=0, effects={"econ": 10.0, "govt": -5.0}),
        Item("ban", "Ban nothing.", key=0, effects={"econ": 0.0, "govt": 5.0}),
    ),
    THREE,
    Licence("MIT"),
)


@pytest.fixture
def eight(data_dir: Path) -> Instrument:
    return load(data_dir)


def test_the_maxima_of_8values_are_those_of_its_weights(eight):
    assert maxima(eight) == {"econ": 195, "dipl": 225, "govt": 320, "scty": 292}


def test_who_agrees_with_everything_in_8values_stands_off_the_middle(eight):
    found = place(eight, {item.id: eight.response.high for item in eight.items})
    assert {axis: round(value, 1) for axis, value in found.percent.items()} == {
        "econ": 59.0,
        "dipl": 51.1,
        "govt": 37.5,
        "scty": 53.8,
    }


def test_answers_fitted_to_a_profile_come_back_to_it_for_all_52(eight, data_dir):
    profiles = ideologies(data_dir)
    axes = list(maxima(eight))
    W = np.array([[item.effects[axis] for axis in axes] for item in eight.items])
    most = np.array(list(maxima(eight).values()))
    back = 0
    for name, wanted in profiles.items():
        target = (2 * np.array([wanted[axis] for axis in axes]) / 100 - 1) * most
        answers = bounded_least_squares(W.T, target)
        found = place(eight, {item.id: 3 + 2 * float(a) for item, a in zip(eight.items, answers, strict=True)})
        back += nearest_profile(found.percent, profiles)[0] == name
    assert back == len(profiles) == 52


def bounded_least_squares(A: np.ndarray, b: np.ndarray, steps: int = 1_000) -> np.ndarray:
    """min |Ax - b| with -1 ≤ x ≤ 1, by projected gradients."""
    x = np.zeros(A.shape[1])
    rate = 1 / np.linalg.norm(A, 2) ** 2
    for _ in range(steps):
        x = np.clip(x - rate * A.T @ (A @ x - b), -1, 1)
    return x


def test_two_items_by_hand():
    found = place(TWO, {"tax": 3, "ban": 1})  # yes, no
    assert found.percent == {"econ": 100.0, "govt": 0.0}
    assert place(TWO, {"tax": 2, "ban": 2}).percent == {"econ": 50.0, "govt": 50.0}


def test_a_missing_answer_widens_the_range_and_is_not_filled_in():
    ten = Instrument(
        "ten", tuple(Item(str(i), "x", key=0, effects={"econ": 1.0}) for i in range(10)), THREE, Licence("MIT")
    )
    found = place(ten, {str(i): 3 if i < 9 else None for i in range(10)})
    assert (found.percent, found.least, found.most) == ({"econ": 100.0}, {"econ": 90.0}, {"econ": 100.0})
    few = place(ten, {str(i): 3 for i in range(7)})
    assert (few.percent, few.reason) == ({}, "answered 7 of 10")


@given(st.lists(st.sampled_from([1, 2, 3]), min_size=2, max_size=2))
def test_opposite_answers_stand_opposite_each_other(points):
    one = place(TWO, dict(zip(("tax", "ban"), points, strict=True)))
    other = place(TWO, {id: THREE.turned(p) for id, p in zip(("tax", "ban"), points, strict=True)})
    assert all(one.percent[axis] + other.percent[axis] == pytest.approx(100) for axis in one.percent)


def test_the_bent_to_agree_is_taken_off_every_answer():
    assert acquiescence({"a": (1.0, 1.0), "b": (1.0, 0.0)}) == 0.75
    assert acquiescence({}) is None
    yes_to_all = {"tax": 3.0, "ban": 3.0}
    assert place(TWO, yes_to_all, offset=1.0).percent == {"econ": 50.0, "govt": 50.0}


def test_what_is_no_map_and_no_answer_is_refused():
    flat = Instrument("flat", (Item("a", "x", "E"),), THREE, Licence("MIT"))
    with pytest.raises(UsageError, match="is no map"):
        maxima(flat)
    with pytest.raises(UsageError, match="did you mean 'tax'"):
        place(TWO, {"taxx": 1})
    with pytest.raises(UsageError, match="points go from 1 to 3"):
        place(TWO, {"tax": 5})
    with pytest.raises(UsageError, match="no profile"):
        nearest_profile({"econ": 1.0}, {})


def test_persona_hub_gives_five_thousand_people(data_dir):
    people = read_people(data_dir / "persona-hub" / "tool.jsonl")
    assert len(people) == len({each.summary for each in people}) == 5000
