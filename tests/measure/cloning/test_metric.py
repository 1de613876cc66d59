"""Errors, intervals and verdicts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.cloning import (
    BETTER,
    NOTHING_ADDED,
    People,
    Prediction,
    Split,
    baselines,
    drawn_split,
    errors_of,
    evaluate,
    made_up_people,
    summed,
)
from personae.measure.cloning.metric import interval

NAN = np.nan


def test_the_error_is_the_mean_per_domain_over_people_summed(short):
    items = ["E11", "E12", "A11"]
    predicted = np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]])
    answers = np.array([[2.0, 4.0, 3.0], [5.0, NAN, 1.0]])
    found = errors_of(predicted, answers, items, short)
    assert found.by_domain == {"E": (1.5 + 0) / 2, "A": (0 + 4) / 2}
    assert summed(found.error_PD) == 0.75 + 2.0
    assert (found.compared, found.skipped, found.unpredicted) == (5, 1, 0)


def test_an_unparsed_prediction_is_bounded_by_the_best_and_the_worst_it_can_be(short):
    found = errors_of(np.array([[NAN, 3.0]]), np.array([[4.0, 3.0]]), ["E11", "A11"], short)
    assert summed(found.error_PD) is None, "the domain E has no prediction at all"
    assert found.bounds == (0.0, 3.0)  # from 4 the far end of the scale is 1


def test_the_interval_draws_whole_people_and_follows_the_seed():
    errors = np.random.default_rng(3).normal(1, 0.5, size=(200, 2))
    low, high = interval(errors, seed=1)
    assert (low, high) == interval(errors, seed=1) != interval(errors, seed=2)
    spread = errors.sum(axis=1).std(ddof=1) / np.sqrt(200)
    assert high - low == pytest.approx(2 * 1.96 * spread, rel=0.1)  # as the normal distribution has it


def test_one_person_has_an_error_and_no_interval(short):
    people = made_up_people(1, short)
    found = evaluate(people, drawn_split(short))
    assert found["facet_mean"].error.value is not None
    assert (found["facet_mean"].error.low, found["facet_mean"].error.high) == (None, None)
    assert "both a prediction and an answer" in found["item_mean"].error.reason


def test_the_leave_one_out_mean_does_not_see_the_person(short):
    people = People(short, ("a", "b", "c"), np.array([[1.0] * 16, [3.0] * 16, [5.0] * 16]), "scored")
    predicted = baselines(short)["item_mean"](people, drawn_split(short))
    assert predicted[:, 0].tolist() == [4.0, 3.0, 2.0]


def test_means_are_rounded_to_even_or_up(short):
    answers = np.full((1, 16), NAN)
    split = Split(("E11", "E12"), ("E13",))
    answers[0, :2] = (2, 3)
    people = People(short, ("a",), answers, "scored")
    names = ("facet_mean", "facet_mean_rounded", "facet_mean_half_up")
    assert [float(baselines(short)[name](people, split)[0, 0]) for name in names] == [2.5, 2.0, 3.0]


def test_a_facet_nobody_answered_has_no_mean(short):
    people = People(short, ("a",), np.full((1, 16), NAN), "scored")
    assert np.isnan(baselines(short)["facet_mean"](people, drawn_split(short))).all()


def test_ridge_does_not_see_the_fold_it_predicts(short, crowd):
    split = drawn_split(short)
    before = baselines(short)["ridge"](crowd, split)
    changed = crowd.answers_PI.copy()
    changed[0, crowd.columns(split.test)] = 1.0  # another truth for the first person …
    after = baselines(short)["ridge"](People(short, crowd.ids, changed, "raw"), split)
    assert np.array_equal(before[0], after[0])  # … changes nothing that is predicted of it
    assert not np.array_equal(before[1], after[1])


def test_ridge_with_a_huge_penalty_is_the_mean_of_the_other_folds(short, crowd):
    from personae.measure.cloning.baselines import ridge

    split = drawn_split(short)
    predicted = ridge(crowd, split, alpha=1e12)
    others = np.arange(40) % 10 != 0
    truth = crowd.scored_PI[:, crowd.columns(split.test)]
    assert predicted[0] == pytest.approx(truth[others].mean(axis=0), abs=1e-6)


def test_a_clone_of_two_people_is_compared_on_these_two(short, crowd):
    split = drawn_split(short)
    truth = crowd.scored_PI[:2][:, crowd.columns(split.test)]
    found = evaluate(crowd, split, {"clone": Prediction(truth, rows=(0, 1))})
    assert found["clone"].error.n == found["clone"].difference.n == 2
    assert found["facet_mean"].error.n == 40


def test_the_facet_mean_under_another_name_adds_nothing_over_averaging(short, crowd):
    split = drawn_split(short)
    same = baselines(short)["facet_mean"](crowd, split)
    rounded = baselines(short)["facet_mean_rounded"](crowd, split)
    found = evaluate(crowd, split, {"one": Prediction(same), "two": Prediction(rounded)})
    assert (found["one"].difference.value, found["one"].verdict) == (0.0, NOTHING_ADDED)
    assert (found["two"].difference_rounded.value, found["two"].verdict) == (0.0, NOTHING_ADDED)


def test_too_few_predictions_get_no_verdict(short, crowd):
    split = drawn_split(short)
    truth = crowd.scored_PI[:, crowd.columns(split.test)].copy()
    truth[:8] = NAN
    found = evaluate(crowd, split, {"clone": Prediction(truth, lost={"refused": 72})})
    assert found["clone"].verdict == "80% of the answers are predicted; 90% are needed for a verdict"
    assert found["clone"].error.missing == {"refused": 72}
    whole = evaluate(crowd, split, {"clone": Prediction(crowd.scored_PI[:, crowd.columns(split.test)])})
    assert whole["clone"].verdict == BETTER


def test_a_prediction_may_not_take_a_baselines_name_or_have_another_shape(short, crowd):
    split = drawn_split(short)
    with pytest.raises(UsageError, match="'ridge' is a baseline"):
        evaluate(crowd, split, {"ridge": Prediction(np.zeros((40, len(split.test))))})
    with pytest.raises(UsageError, match="for 40 people"):
        evaluate(crowd, split, {"clone": Prediction(np.zeros((3, 2)))})


@settings(max_examples=30)
@given(st.integers(1, 12), st.floats(0, 1), st.integers(0, 99))
def test_whatever_is_missing_the_bounds_hold_the_value(n, missing, seed):
    from personae.psychometrics import Instrument, Item, Licence, Response

    items = tuple(Item(str(i), "", "EA"[i % 2], (1, -1)[i % 3 == 0], f"f{i % 4}") for i in range(12))
    about = Instrument("twelve", items, Response(("a", "b", "c", "d", "e")), Licence("MIT"))
    people = made_up_people(n, about, missing=missing, seed=seed)
    for one in evaluate(people, drawn_split(about, seed=seed)).judged:
        details = one.error.details
        if one.error.value is not None:
            assert details["least"] <= details["most"] + 1e-9
            assert 0 <= one.error.value <= 8
