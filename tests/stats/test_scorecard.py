"""Metrics side by side: hand-made rows whose order, front and bands are plain."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.group_gaps import demographic_parity, equalised_odds
from personae.stats.scorecard import Metric, Scorecard

GAPS = (Metric("parity", "lower"), Metric("odds", "lower"))


def card(*rows: tuple[float | None, float | None], metrics=GAPS) -> Scorecard:
    names = [metric.name for metric in metrics]
    return Scorecard(metrics, {str(n): dict(zip(names, row, strict=True)) for n, row in enumerate(rows)})


def test_metrics_that_run_against_each_other_are_flagged_and_all_rows_are_on_the_front():
    found = card((0.02, 0.20), (0.10, 0.10), (0.20, 0.02))
    assert [(each.tau, each.contradictory) for each in found.tensions] == [(-1.0, True)]
    assert found.front() == ("0", "1", "2")


def test_metrics_that_run_together_are_not_and_the_best_row_is_the_front():
    found = card((0.02, 0.02), (0.1, 0.1), (0.2, 0.2))
    assert [(each.tau, each.contradictory) for each in found.tensions] == [(1.0, False)]
    assert found.front() == ("0",)


def test_the_way_of_each_metric_decides_not_its_sign():
    found = card((0.9, 0.20), (0.5, 0.10), metrics=(Metric("kept"), Metric("odd", "lower")))
    assert found.tensions[0].tau == -1.0
    assert found.oriented["0"] == {"kept": 0.9, "odd": -0.20}


def test_a_row_without_a_value_is_kept_and_in_no_front_that_looks_at_it():
    found = card((0.02, None), (0.1, 0.1), (0.2, 0.3))
    assert found.front() == ("1",)
    assert found.front(["parity"]) == ("0",)
    assert found.tensions[0].n == 2
    assert found.to_dict()["rows"]["0"] == {"parity": 0.02, "odds": None}


def test_a_metric_that_does_not_vary_has_no_tau_but_a_reason():
    found = card((0.1, 0.2), (0.1, 0.3)).tensions[0]
    assert (found.tau, found.reason, found.contradictory) == (None, "one of them does not vary", False)
    assert card((0.1, 0.2)).tensions[0].reason == "fewer than two rows have both"


def test_few_rows_describe_themselves_only():
    assert card(*[(0.1, 0.2)] * 4).descriptive
    assert not card(*[(0.1, 0.2)] * 5).descriptive


def test_a_gain_paid_for_by_leaving_a_band_is_told():
    metrics = (Metric("kept", low=0.5), Metric("odd", "lower", high=0.1), Metric("cost", "lower"))
    found = card((0.6, 0.1, 3.0), (0.9, 0.3, 2.0), (0.9, 0.05, 9.0), metrics=metrics)  # type: ignore[arg-type]
    assert found.traded("0", "1") == (("kept", "odd"), ("cost", "odd"))
    assert found.traded("0", "2") == ()
    assert found.places("1") == {"kept": "inside", "odd": "outside", "cost": None}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Metric("a", "bigger"),  # type: ignore[arg-type]
        lambda: Metric("a", low=2.0, high=1.0),
        lambda: Scorecard((), {}),
        lambda: Scorecard((Metric("a"), Metric("a")), {}),
        lambda: card((float("nan"), 0.1)),
        lambda: card((0.1, 0.1)).front(["speed"]),
        lambda: demographic_parity({"a": [True]}),
    ],
)
def test_what_makes_no_scorecard_is_told(wrong):
    with pytest.raises(UsageError):
        wrong()


def test_nothing_gives_one_number_over_metrics():
    found = card((0.02, 0.20), (0.10, 0.10), (0.20, 0.02))
    for name in [each for each in dir(found) if not each.startswith("_")]:
        value = getattr(found, name)
        gives = inspect.signature(value).return_annotation if callable(value) else type(value).__name__
        assert gives not in ("float", "int", "float | None"), f"{name} gives {gives}"


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 2), min_size=1, max_size=8))
def test_a_row_off_the_front_is_beaten_by_one_on_it(rows):
    found = card(*((float(a), float(b)) for a, b in rows))
    front = [rows[int(row)] for row in found.front()]
    for at, (a, b) in enumerate(rows):
        assert (str(at) in found.front()) != any(c <= a and d <= b and (c, d) != (a, b) for c, d in front)


def test_parity_is_the_widest_gap_of_decisions():
    found = demographic_parity({"a": [True] * 3 + [False], "b": [True, False], "c": [False] * 5})
    assert (found.value, found.rates["a"]) == (0.75, 0.75)
    assert demographic_parity({"a": [True], "b": []}).reason == "group 'b' has no decision"


def test_odds_are_the_wider_of_two_gaps_and_need_both_truths_in_every_group():
    good = [(True, True)] * 9 + [(False, True)] + [(True, False)] + [(False, False)] * 9
    found = equalised_odds({"a": good, "b": [(True, True)] * 4 + [(False, True)] + [(False, False)] * 5})
    assert found.value == pytest.approx(0.1)  # .9 against .8, and .1 against 0
    lacking = equalised_odds({"a": good, "b": [(True, True)]})
    assert lacking.reason == "group 'b' has no truly negative case"
