"""Ensembles: the mean over who answered, a column per judge, and agreement beyond chance."""

from __future__ import annotations

import pytest

from personae.errors import ModelUnreachable, UsageError
from personae.judges.agreement import krippendorff_alpha
from personae.judges.ensemble import Ensemble, ensemble_report
from personae.judges.roles import Verdict
from personae.judges.rubric import RubricItem, RubricJudge
from personae.judges.rubric_files import load_rubric
from personae.judges.summary import judge_all, mean_verdict
from personae.models import Scripted

EXAMPLES = tuple(f"A reply that deserves {word} points." for word in ("one", "two", "three", "four", "five"))
ITEMS = [RubricItem("Ana, an archivist.", "Where to?", f"To river {n}.", EXAMPLES) for n in range(10)]

#: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def judge(name: str, *answers) -> RubricJudge:
    return RubricJudge(Scripted(answers if len(answers) > 1 else lambda _: answers[0], name), load_rubric("toxicity"))


def score(number: int) -> str:
    return f"Therefore, the final score is {number}."


async def test_the_value_is_the_mean_over_the_judges_and_each_keeps_its_column():
    both = Ensemble((judge("x", score(2)), judge("y", score(5))))
    verdict = await both(ITEMS[0])
    assert verdict.value == 3.5
    assert {name[-1]: column["value"] for name, column in verdict.details["columns"].items()} == {"x": 2, "y": 5}
    assert verdict.calls == 2


async def test_a_judge_without_a_value_is_left_out_of_the_mean_and_seen():
    verdict = await Ensemble((judge("x", score(2)), judge("y", "Hm.")))(ITEMS[0])
    assert verdict.value == 2.0
    assert {column["reason"] for column in verdict.details["columns"].values()} == {None, "unparsed"}
    assert sorted(verdict.outcomes) == ["answered", "unparsed", "unparsed"]


@pytest.mark.parametrize(("second", "reason"), [("Hm.", "unparsed"), ("", "mixed")])
async def test_no_value_at_all_is_a_shared_reason_or_a_mixed_one(second, reason):
    verdict = await Ensemble((judge("x", "Well."), judge("y", second)))(ITEMS[0])
    assert (verdict.value, verdict.reason) == (None, reason)


async def test_one_unreachable_judge_does_not_stop_the_other():
    def down(messages):
        raise ModelUnreachable("no route")

    broken = RubricJudge(Scripted(down, "y"), load_rubric("toxicity"))
    verdict = await Ensemble((judge("x", score(4)), broken))(ITEMS[0])
    assert verdict.value == 4.0
    assert "failed" in verdict.outcomes
    with pytest.raises(ModelUnreachable):
        await Ensemble((broken,))(ITEMS[0])


def test_judges_of_one_ensemble_have_different_names():
    with pytest.raises(UsageError, match="different names"):
        Ensemble((judge("x", score(1)), judge("x", score(2))))
    with pytest.raises(UsageError):
        Ensemble(())


async def test_the_report_has_a_mean_for_all_and_for_each_and_their_agreement():
    x = judge("x", *[score(n % 5 + 1) for n in range(10)])
    y = judge("y", *[score(n % 5 + 1) for n in range(9)], "Hm.", "Hm.")
    verdicts = await judge_all(Ensemble((x, y)), ITEMS, limit=1)
    both, first, second, agreement = ensemble_report("toxicity", verdicts)
    assert (both.value, both.n, both.missing) == (3.0, 10, {})
    assert first.name.endswith("/x")
    assert (second.n, second.missing) == (9, {"unparsed": 1})
    assert (agreement.value, agreement.n) == (1.0, 9)


async def test_a_column_below_its_coverage_has_no_mean_of_its_own():
    x, y = judge("x", score(3)), judge("y", *["Hm."] * 4, *[score(4)] * 8)
    _, _, second, _ = ensemble_report("t", await judge_all(Ensemble((x, y)), ITEMS, limit=1))
    assert second.value is None
    assert second.missing == {"unparsed": 2}
    assert "8 of 10" in second.reason


def test_one_judge_agrees_with_nobody():
    alone = [Verdict("e", 3.0, details={"columns": {"x": {"value": 3.0, "reason": None}}})]
    assert "itself" in ensemble_report("t", alone)[-1].reason


def test_alpha_of_the_textbook_example():
    assert krippendorff_alpha(FOUR) == pytest.approx(0.849, abs=5e-4)


def test_alpha_is_one_for_full_agreement_and_below_zero_for_its_opposite():
    assert krippendorff_alpha([[1, 2, 3], [1, 2, 3]]) == 1.0
    assert krippendorff_alpha([[1, 2], [2, 1]]) < 0


@pytest.mark.parametrize("columns", [[], [[1, 2]], [[1, None], [None, 2]], [[3, 3], [3, 3]]])
def test_alpha_is_undefined_where_nothing_can_be_compared(columns):
    assert krippendorff_alpha(columns) is None


def test_alpha_refuses_what_is_no_table():
    with pytest.raises(UsageError):
        krippendorff_alpha([[1, 2], [1]])
    with pytest.raises(UsageError):
        krippendorff_alpha([[1, float("nan")], [1, 2]])


def test_a_mean_of_verdicts_counts_what_is_missing_and_how_calls_ended():
    good = [Verdict("r", float(value), outcomes=("answered",)) for value in (1, 2, 3, 4, 5, 1, 2, 3, 4)]
    measured = mean_verdict("score", [*good, Verdict("r", reason="refused", outcomes=("refused",))])
    assert measured.value == pytest.approx(25 / 9)
    assert measured.low < measured.value < measured.high
    assert (measured.n, measured.missing) == (9, {"refused": 1})
    assert measured.details == {"calls": 10, "outcomes": {"answered": 9, "refused": 1}}


def test_below_ninety_percent_coverage_there_is_no_mean():
    verdicts = [Verdict("r", 5.0)] * 8 + [Verdict("r", reason="empty")] * 2
    assert mean_verdict("score", verdicts).value is None
    assert mean_verdict("score", verdicts, min_coverage=0.8).value == 5.0
    assert mean_verdict("score", []).reason == "nothing was judged"


def test_a_verdict_has_a_value_or_a_known_reason():
    for wrong in ({}, {"value": 1.0, "reason": "empty"}, {"reason": "tired"}):
        with pytest.raises(ValueError, match="reason"):
            Verdict("r", **wrong)


async def test_items_are_judged_at_most_so_many_at_a_time_and_reported_as_they_end():
    seen = []
    verdicts = await judge_all(judge("x", score(3)), ITEMS, limit=3, progress=lambda at, verdict: seen.append(at))
    assert sorted(seen) == list(range(10))
    assert [verdict.value for verdict in verdicts] == [3] * 10
    with pytest.raises(UsageError, match="limit"):
        await judge_all(judge("x", score(3)), ITEMS, limit=0)
