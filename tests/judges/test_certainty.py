"""The certainty judge, and what released verdicts of others say about certainty."""

from __future__ import annotations

import pytest

from personae.errors import FormatError, UsageError
from personae.judges.certainty import CertaintyJudge, certainty_measurements, certainty_report
from personae.judges.pairwise import PairItem
from personae.judges.recorded import read_recorded
from personae.judges.roles import Verdict
from personae.models import Scripted

ITEM = PairItem("What shall we cook?", "Lentils.", "A steak.", persona="I have not eaten meat for years.")

#: run → answers A or B, questions, accuracy, AUROC, ECE, answers at ≥ 80, their accuracy, share of "A" (specification)
PUBLISHED = {
    "prism_all_features_command-r-plus": (1001, 1001, 0.7203, 0.6067, 0.0820, 149, 0.8926, 0.604),
    "prism_all_features_key_features_command-r-plus": (1001, 1001, 0.6783, 0.5587, 0.0664, 174, 0.7414, 0.349),
    "prism_no_persona_command-r-plus_new": (986, 991, 0.5264, 0.514, None, 0, None, 0.234),
    "ap_all_features_all_features_command-r-plus_jun5": (525, 525, 0.9638, 0.5137, 0.1563, 361, 0.9584, 0.524),
    "ap_all_features_all_features_gpt-4o_jun5": (523, 523, 0.9465, 0.4608, 0.1959, 243, 0.9424, 0.495),
}


@pytest.fixture(scope="module")
def recorded():
    from conftest import reference_data

    return read_recorded(reference_data("personalized_judge") / "judgements.csv")


def near(value):
    return value if value is None else pytest.approx(value, abs=0.0005)


@pytest.mark.parametrize("run", PUBLISHED)
def test_the_released_verdicts_give_the_published_table(recorded, run):
    n, asked, accuracy, auroc, ece, n_high, accuracy_high, share_a = PUBLISHED[run]
    found = recorded[run].report()
    assert (found.n, found.asked, found.high.n) == (n, asked, n_high)
    assert found.accuracy.value == near(accuracy)
    assert found.auroc.value == near(auroc)
    assert found.ece == near(ece)
    assert found.high.value == near(accuracy_high)
    assert found.lean.said == near(share_a)


def test_the_verdicts_on_the_released_runs_are_those_expected(recorded):
    reports = {run: recorded[run].report() for run in PUBLISHED}
    useful, leaning, bare, *authors = reports.values()
    assert useful.verdict == "useful"
    assert useful.auroc.low > 0.5
    assert leaning.flags[0].startswith("position bias: says A in 34.9%")
    assert leaning.lean.gold == pytest.approx(0.512, abs=0.0005)
    assert bare.asked - bare.n == 5
    assert "another scale" in bare.flags[0]
    for found in authors:
        assert found.accuracy.value > 0.94
        assert found.verdict.startswith("refused: AUROC")


def test_every_released_run_has_a_report_or_its_reason(recorded):
    assert len(recorded) == 11
    for name, run in recorded.items():
        sides = ("A", "B", "C") if "with_tie" in name else ("A", "B")
        found = run.report(sides=sides)
        if "with_tie" in name:
            assert found.verdict.startswith(f"refused: 0 of {found.asked} certainties")
        covered = found.n / found.asked >= 0.9
        assert (found.accuracy.value is not None) == covered


async def test_which_reply_is_shown_first_is_drawn_and_stays_so():
    items = [PairItem(f"Question {i}?", "Lentils.", "A steak.", persona="I eat no meat.") for i in range(200)]
    model = Scripted(lambda _: "Certainty: 70\n[[A]]")
    verdicts = [await CertaintyJudge(model)(item) for item in items]
    shown = [verdict.details["shown"] for verdict in verdicts]
    assert 75 < shown.count("A") < 125
    assert [(await CertaintyJudge(model)(item)).details["shown"] for item in items] == shown
    assert [verdict.value for verdict in verdicts] == [float(side == "A") for side in shown]


async def test_the_judge_reads_profile_question_and_the_worded_scale():
    model = Scripted(["Certainty: 70\n[[B]]"])
    await CertaintyJudge(model)(ITEM)
    asked = model.history[0].messages[-1].content
    assert ITEM.persona in asked
    assert ITEM.question in asked
    assert all(step in asked for step in ("1-20", "21-40", "41-60", "61-80", "81-100"))


@pytest.mark.parametrize(
    ("said", "reason"),
    [("[[A]]", "unparsed"), ("Certainty: 0\n[[A]]", "unparsed"), ("Certainty: 80", "unparsed"), ("", "empty")],
)
async def test_without_verdict_and_certainty_there_is_no_value(said, reason):
    verdict = await CertaintyJudge(Scripted([said, said]))(ITEM)
    assert verdict.value is None
    assert verdict.reason == reason
    assert verdict.calls == 2


async def test_an_empty_profile_is_an_error_before_any_call():
    model = Scripted()
    with pytest.raises(UsageError):
        await CertaintyJudge(model)(PairItem("Where?", "Here.", "There."))
    assert model.history == []


def told(value: float, certainty: float, shown: str = "A") -> Verdict:
    said = shown if value == 1.0 else {"A": "B", "B": "A"}[shown]
    return Verdict("c", value, certainty=certainty, details={"said": said, "shown": shown})


def test_verdicts_are_held_against_the_real_choices():
    sure = [told(1.0, 0.9, "AB"[i % 2]) for i in range(40)]
    unsure = [told(1.0, 0.5, "AB"[i % 2]) for i in range(40)]
    lost = [Verdict("c", reason="unparsed")]
    chosen = [True] * 38 + [False] * 2 + [True, True, False, False] * 10 + [True]
    found = certainty_report([*sure, *unsure, *lost], chosen)
    assert (found.n, found.asked) == (80, 81)
    assert found.accuracy.value == pytest.approx(58 / 80)
    assert found.high.value == pytest.approx(0.95)
    assert found.lean.said == 0.5
    numbers = {number.name: number for number in certainty_measurements(found)}
    assert numbers["certainty.high"].value == pytest.approx(0.95)
    assert numbers["certainty.accuracy"].missing == {"unanswered": 1}


def test_high_certainty_is_not_given_where_it_is_refused():
    found = certainty_report([told(1.0, 0.9)] * 40, [True, False] * 20)
    high = certainty_measurements(found)[3]
    assert high.value is None
    assert high.reason.startswith("refused")


def test_a_file_without_the_columns_is_refused_by_name(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text("run,answer\nx,A\n")
    with pytest.raises(FormatError, match="certainty, ground_truth"):
        read_recorded(path)
    path.write_bytes(b"answer,certainty,ground_truth\n\xff,1,A\n")
    with pytest.raises(FormatError, match="UTF-8"):
        read_recorded(path)
    with pytest.raises(FormatError, match="cannot read"):
        read_recorded(tmp_path / "nowhere.csv")


def test_what_is_no_certainty_is_missing_and_not_zero(tmp_path):
    path = tmp_path / "verdicts.csv"
    rows = "".join(f"A,{certainty},A\n" for certainty in ("80", "0", "NA", "", "101", "1e2", "8_0", "-5", "90.5"))
    path.write_text("answer,certainty,ground_truth\n" + rows + "A\n")
    found = read_recorded(path)[""].report()
    assert found.n == 10
    assert found.accuracy.value == 0.9
    assert found.refused == ("2 of 10 certainties could be read; 90% are needed",)
