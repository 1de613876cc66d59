"""What a judge's certainty is worth: closed forms, edges of bins, and the rules by which high certainty is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.calibration import coverage_risk, ece10, report

answers = st.lists(st.tuples(st.integers(1, 100), st.booleans()), min_size=1, max_size=60)


def separating(high: int = 40, low: int = 40):
    """A judge that is right 36 times in 40 when sure, 20 times in 40 when not."""
    certainty = [90] * high + [60] * low
    correct = [i % 10 != 0 for i in range(high)] + [i % 2 == 0 for i in range(low)]
    return certainty, correct


def test_a_bin_takes_its_upper_edge_and_not_its_lower_one():
    # 80 lies in (70, 80], 81 and 90 in (80, 90]
    assert ece10([80, 80], [True, True]) == pytest.approx(0.2)
    assert ece10([80, 81], [True, False]) == pytest.approx((0.2 + 0.81) / 2)
    assert ece10([81, 90], [True, False]) == pytest.approx(abs(1.71 - 1) / 2)
    assert ece10([10, 1], [False, False]) == pytest.approx(0.055)


@given(answers)
def test_the_calibration_error_stays_within_0_and_1(rows):
    certainty, correct = zip(*rows, strict=True)
    assert 0 <= ece10(certainty, correct) <= 1


def test_perfect_calibration_has_no_error():
    assert ece10([80] * 5, [True] * 4 + [False]) == pytest.approx(0.0)


def test_the_auroc_is_the_share_of_pairs_in_the_right_order():
    found = report([90, 70, 70, 50] * 5, [True, True, False, False] * 5)
    assert found.auroc.value == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert found.brier == pytest.approx((0.01 + 0.09 + 0.49 + 0.25) / 4)


@given(answers)
def test_coverage_grows_to_one_and_ends_at_the_overall_risk(rows):
    certainty, correct = zip(*rows, strict=True)
    steps = coverage_risk(certainty, correct)
    assert [step.certainty for step in steps] == sorted(set(certainty), reverse=True)
    assert [step.n for step in steps] == sorted(step.n for step in steps)
    assert steps[-1].coverage == 1.0
    assert steps[-1].risk == pytest.approx(1 - sum(correct) / len(correct))


def test_a_judge_that_knows_when_it_is_right_is_useful():
    found = report(*separating())
    assert found.verdict == "useful"
    assert (found.high.n, found.high.value, found.high_share) == (40, 0.9, 0.5)
    assert found.accuracy.value == pytest.approx(56 / 80)


def test_an_accurate_judge_with_worthless_certainty_is_refused():
    found = report([70, 90] * 100, [i % 40 not in (18, 39) for i in range(200)])  # one error in 20 on either level
    assert found.accuracy.value == 0.95
    assert found.auroc.value < 0.55
    assert "includes .5" in found.verdict


def test_fewer_than_thirty_sure_answers_are_refused():
    found = report(*separating(high=29, low=200))
    assert found.refused == ("29 answers at certainty 80 or more; 30 are needed",)
    assert report(*separating(high=30, low=200)).refused == ()


def test_a_lean_to_one_side_is_flagged_with_its_size_and_leaves_the_rest():
    certainty, correct = separating()
    flagged = report(certainty, correct, said=["A"] * 70 + ["B"] * 10, gold=["A", "B"] * 40)
    assert flagged.lean.said == 0.875
    assert flagged.lean.gold == 0.5
    assert flagged.flags == ("position bias: says A in 87.5% of cases, gold 50.0% (p < 0.001)",)
    assert flagged.verdict == "useful"
    assert report(certainty, correct, said=["A", "B"] * 40, gold=["B", "A"] * 40).flags == ()


def test_too_many_unread_answers_leave_no_value():
    certainty, correct = separating()
    found = report(certainty, correct, asked=89)
    assert found.accuracy.value is None
    assert found.refused == ("80 of 89 certainties could be read; 90% are needed",)
    assert report(certainty, correct, asked=88).accuracy.value == 0.7


def test_answers_without_certainty_keep_their_accuracy():
    found = report([None] * 20, [True] * 15 + [False] * 5)
    assert found.accuracy.value == 0.75
    assert found.auroc.value is None
    assert found.verdict == "refused: 0 of 20 certainties could be read; 90% are needed"


def test_another_scale_is_noticed_instead_of_calibrated():
    found = report([1, 2, 3, 4, 5] * 20, [False, False, True, True, True] * 20)
    assert found.auroc.value == 1.0
    assert found.ece is None
    assert found.brier is None
    assert "another scale" in found.flags[0]


@pytest.mark.parametrize("correct", [[True] * 20, [False] * 20])
def test_without_both_right_and_wrong_answers_there_is_no_auroc(correct):
    found = report([90] * 20, correct)
    assert found.auroc.value is None
    assert found.refused


def test_nothing_at_all_is_no_zero():
    found = report([], [], asked=0)
    assert found.accuracy.value is None
    assert found.verdict.startswith("refused")


@pytest.mark.parametrize(
    ("certainty", "correct", "more"),
    [
        ([0], [True], {}),
        ([101], [True], {}),
        ([math.nan], [True], {}),
        ([50, 60], [True], {}),
        ([50], [0.5], {}),
        ([50], [True], {"asked": 0}),
        ([50], [True], {"said": ["A", "B"], "gold": ["A", "B"]}),
    ],
)
def test_bad_input_is_an_error_before_any_number(certainty, correct, more):
    with pytest.raises(UsageError):
        report(certainty, correct, **more)
