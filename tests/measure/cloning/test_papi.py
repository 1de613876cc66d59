"""The figures of the released table, recomputed: 200 people, 120 items known, 180 to predict."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from stubs.clones import oracle

from personae import run
from personae.errors import FormatError
from personae.measure.cloning import (
    BETTER,
    NOTHING_ADDED,
    Clones,
    Prediction,
    errors_of,
    evaluate,
    observe_all,
    read_people,
    summed,
    turned,
)
from personae.psychometrics.library import load


@pytest.fixture
def found(papi):
    return evaluated(*papi)


@cache
def evaluated(people, split):
    oracle = people.wording_PI[:, people.columns(split.test)]
    in_points = turned(people.instrument, people.wording_PI)[:, people.columns(split.test)]
    return evaluate(people, split, {"oracle": Prediction(in_points), "mis-keyed": Prediction(oracle)})


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [
        ("constant_4", 4.040, 0.005),
        ("item_mean", 3.117, 0.005),
        ("domain_mean", 3.079, 0.005),
        ("domain_mean_rounded", 2.846, 0.005),
        ("facet_mean", 2.855, 0.005),
        ("facet_mean_rounded", 2.691, 0.005),
        ("facet_mean_half_up", 2.708, 0.005),
        ("ridge", 2.284, 0.01),
        ("ridge_rounded", 1.939, 0.01),
        ("oracle", 0.0, 1e-12),
        ("mis-keyed", 3.847, 0.005),
    ],
)
def test_every_baseline_has_its_reference_value(found, name, value, within):
    assert found[name].error.value == pytest.approx(value, abs=within)
    assert found[name].error.low <= found[name].error.value <= found[name].error.high


def test_the_constant_3_follows_from_the_histogram_of_answers(papi, found):
    people, split = papi
    total = 0.0
    for domain in people.instrument.domains:
        columns = people.columns([id for id in split.test if people.instrument.item(id).domain == domain])
        for row in people.answers_PI[:, columns]:
            counts = [int((row == point).sum()) for point in range(1, 6)]
            total += sum(abs(point - 3) * count for point, count in enumerate(counts, 1)) / sum(counts) / len(people)
    assert found["constant_3"].error.value == pytest.approx(total, abs=1e-9)


def test_missing_answers_are_skipped_and_counted(papi, found):
    people, _ = papi
    assert (people.missing, people.coding) == (27, "scored")
    assert found["ridge"].error.details["skipped"] == 18
    assert found["ridge"].error.missing == {}


def test_ridge_is_better_than_averaging_and_rounding_alone_is_not(found):
    assert found["ridge"].verdict == found["ridge_rounded"].verdict == BETTER
    assert {found[name].verdict for name in ("constant_3", "item_mean", "domain_mean_rounded")} == {NOTHING_ADDED}
    assert found["facet_mean"].verdict == ""
    assert found["ridge"].difference.value == pytest.approx(2.284 - 2.855, abs=0.01)


def test_the_table_declared_raw_is_refused(papi, data_dir):
    people, _ = papi
    (table,) = (data_dir / "papi-300").glob("first-*.json")
    with pytest.raises(FormatError, match="already reverse-scored"):
        read_people(table, people.instrument, coding="raw")


def test_wordings_are_what_was_said_before_the_key(papi):
    people, _ = papi
    reversed_items = [c for c, item in enumerate(people.instrument.items) if item.key == -1]
    straight = [c for c, item in enumerate(people.instrument.items) if item.key == 1]
    assert len(reversed_items) == 55 + 93  # of profile and test items
    assert np.array_equal(people.wording_PI[:, straight], people.answers_PI[:, straight], equal_nan=True)
    assert np.array_equal(
        people.wording_PI[:, reversed_items], 6 - people.answers_PI[:, reversed_items], equal_nan=True
    )


def test_an_oracle_clone_told_the_released_sentences_makes_no_error(papi, data_dir):
    people, split = papi
    told = dataclasses.replace(people.some([0, 7, 199]), instrument=load("ipip-neo-300", data_dir))
    measure = Clones(told, split)
    seen = run(observe_all(measure, oracle(told, split, told.wording_PI)))
    assert [one.value for one in seen] == [0.0, 0.0, 0.0]
    assert measure.evaluation(seen)["clone"].error.value == 0.0


def test_a_clone_that_is_its_person_in_whole_but_unparsed_now_and_then_has_bounds(papi):
    people, split = papi
    truth = people.scored_PI[:, people.columns(split.test)]
    predicted = np.where(np.random.default_rng(0).random(truth.shape) < 0.05, np.nan, truth)
    found = errors_of(predicted, truth, split.test, people.instrument)
    assert summed(found.error_PD) == 0
    least, most = found.bounds
    assert least == 0 < most
    assert found.unpredicted == int((np.isnan(predicted) & ~np.isnan(truth)).sum())
