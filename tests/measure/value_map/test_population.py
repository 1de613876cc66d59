"""Many people on the map, by hand."""

from __future__ import annotations

import math

import pytest

from personae.errors import UsageError
from personae.measure.value_map import Population, shift
from personae.measure.value_map.population import asymmetry

SQUARE = Population(
    {
        "a": {"econ": 0.0, "govt": 0.0},
        "b": {"econ": 100.0, "govt": 0.0},
        "c": {"econ": 0.0, "govt": 100.0},
        "d": {"econ": 100.0, "govt": 100.0},
    }
)


def test_the_corners_of_a_square_have_its_middle_in_the_middle():
    assert SQUARE.centroid == {"econ": 50.0, "govt": 50.0}
    assert SQUARE.sd["econ"] == pytest.approx(math.sqrt(10_000 / 3))
    assert set(SQUARE.distances.values()) == {math.hypot(50, 50)}
    quarters = SQUARE.quadrants("econ", "govt")
    assert {corner: interval.value for corner, interval in quarters.items()} == dict.fromkeys(quarters, 0.25)


def test_one_person_has_a_place_and_no_scatter():
    alone = Population({"a": {"econ": 10.0}})
    assert (alone.centroid, alone.sd) == ({"econ": 10.0}, None)


def test_who_stands_on_the_cut_is_low():
    middle = Population({"a": {"econ": 50.0, "govt": 51.0}})
    assert middle.quadrants("econ", "govt")["low", "high"].value == 1.0


def test_a_shift_is_paired_and_counts_who_is_gone():
    before = Population({"a": {"econ": 40.0}, "b": {"econ": 50.0}, "c": {"econ": 60.0}, "gone": {"econ": 0.0}})
    after = Population({"a": {"econ": 30.0}, "b": {"econ": 36.0}, "c": {"econ": 54.0}})
    found = shift(before, after)["econ"]
    assert found.points == pytest.approx(-10.0)
    assert (found.paired.n, found.paired.unpaired) == (3, 1)
    assert found.paired.d == pytest.approx(-10 / 4)  # differences -10, -14, -6: standard deviation 4
    spread = math.sqrt((100 + 156) / 2)  # variances of 40, 50, 60 and of 30, 36, 54
    assert found.pooled_d.d == pytest.approx(-10 / spread)


def test_whoever_follows_one_descriptor_more_than_the_other_has_a_side():
    plain = Population({"a": {"econ": 60.0}, "b": {"econ": 70.0}})
    right = Population({"a": {"econ": 20.0}, "b": {"econ": 30.0}})
    left = Population({"a": {"econ": 65.0}, "b": {"econ": 75.0}})
    assert asymmetry(plain, right, left, "econ").value == pytest.approx(35.0)
    assert asymmetry(plain, left, right, "econ").value == pytest.approx(-35.0)


def test_what_is_no_population_is_refused():
    with pytest.raises(UsageError, match="somebody"):
        Population({})
    with pytest.raises(UsageError, match="same axes"):
        Population({"a": {"econ": 1.0}, "b": {"govt": 1.0}})
    with pytest.raises(UsageError, match="the other on"):
        shift(Population({"a": {"econ": 1.0}}), Population({"a": {"govt": 1.0}}))
